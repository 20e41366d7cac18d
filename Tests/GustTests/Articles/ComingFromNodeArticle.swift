import Gust
import GustTesting
import Testing

/// The snippets of `ComingFromNode.md`.
@Suite(.leavesNothing) struct ComingFromNodeArticle {
    @Test func `the members of a room are told who speaks, and a newcomer who is there`() async throws {
        let client = TestClient(try chat().router())
        let ada = try await client.open(auth: ["name": "Ada"])
        #expect(try await ada.emitWithAcknowledgement("join", "tea") == [#"["Ada"]"#])
        let bob = try await client.open(auth: ["name": "Bob"])
        let members = try await bob.emitWithAcknowledgement("join", "tea")
        #expect(members.contains { $0.contains("Ada") && $0.contains("Bob") })

        try await bob.emit("say", "tea", "hello")
        let said = try await arguments(of: "said", at: ada)
        #expect(said.prefix(2) == [#""Bob""#, #""hello""#])

        try await bob.disconnect()
        let left = try await arguments(of: "left", at: ada)
        #expect(left.first == #""Bob""#)
    }

    /// The arguments of the next event, which must have this name.
    private func arguments(of name: String, at socket: TestSocket) async throws -> [String] {
        let received = try await socket.next()
        guard case .event(name, let arguments, _) = received else { throw TestError.unexpected("\(received)") }
        return arguments
    }

    @Test func `a client without a name is refused`() async throws {
        let client = TestClient(try chat().router())
        await #expect(throws: TestError.self) { try await client.open() }
    }

    @Test func `an event that is declared once is received and sent`() async throws {
        let io = SocketIO()
        io.onConnect(mirror)
        var app = Application()
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        try await socket.emit(moved, 7, 8)
        #expect(try await socket.next(moved) == (7, 8))
    }
}

struct Credentials: Decodable {
    let name: String
}

extension SocketDataKey where Value == String {
    static var name: Self { Self("name") }
}

func chat() -> Application {
    var settings = SocketIOSettings()
    settings.recovery = SocketIOSettings.Recovery()
    let io = SocketIO(settings)

    io["/"].use { socket in
        guard let credentials = try? socket.auth?.decode(Credentials.self) else {
            throw ConnectError("a name is missing")
        }
        socket.data[.name] = credentials.name
    }

    io.onConnect { socket in
        socket.on("join") { (room: String) async -> [String] in
            socket.join(room)
            let members = await io.to(room).fetchSockets()
            return members.sockets.compactMap { $0.data[.name] }
        }
        socket.on("say") { (room: String, text: String) in
            socket.to(room).emit("said", socket.data[.name] ?? "", text)
        }
        socket.onDisconnecting { _ in
            for room in socket.rooms { socket.to(room).emit("left", socket.data[.name] ?? "") }
        }
    }

    var app = Application()
    app.add(io.routes())
    return app
}

let moved = Event<(Int, Int), Never>("moved")

func mirror(_ socket: Socket) {
    socket.on(moved) { x, y in
        socket.emit(moved, x, y)
    }
}
