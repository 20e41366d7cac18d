import Gust
import GustTesting
import Testing

/// The snippets of `Sockets.md`.
@Suite(.leavesNothing) struct SocketsArticle {
    @Test func `events are sent in both directions, and are acknowledged`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("sum") { (a: Int, b: Int) in a + b }
            socket.on("save") { (text: String) async in "kept \(text)" }
            socket.onDisconnect { reason in print("\(socket.id) left: \(reason.rawValue)") }
            socket.emit("welcome", "hello", 42)
        }
        app.add(io.routes())
        let say = Event<String, Never>("say")
        io["/typed"].onConnect { socket in
            socket.on(say) { text in socket.broadcast.emit(say, text) }
            socket.onAny { event in print(event.name, event.arguments.count) }
        }

        let client = TestClient(try app.router())
        let ada = try await client.open()
        #expect(try await ada.next() == .event("welcome", [#""hello""#, "42"]))
        #expect(try await ada.emitWithAcknowledgement("sum", 20, 22) == ["42"])
        #expect(try await ada.emitWithAcknowledgement("save", "tea") == [#""kept tea""#])
        let bob = try await client.open(namespace: "/typed")
        let eve = try await client.open(namespace: "/typed")
        try await bob.emit("say", "hi")
        #expect(try await eve.next() == .event("say", [#""hi""#]))
    }

    @Test func `a handler waits for a client's acknowledgement`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("ask me") { () async throws -> String in
                let answer = try await socket.emitWithAcknowledgement("question", "how are you?", timeout: .seconds(5))
                return try answer.decode(String.self, at: 0)
            }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        async let answered = socket.emitWithAcknowledgement("ask me")
        while try await socket.nextIfAny() == nil { await Task.yield() }
        try await socket.acknowledge("well")
        #expect(try await answered == [#""well""#])
    }

    @Test func `a producer waits for the transport after each event`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("lines") { (count: Int) async throws in
                for number in 0..<count {
                    socket.emit("line", number)
                    try await socket.flush()
                }
            }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        // More events than the outbox may hold.
        #expect(try await socket.emitWithAcknowledgement("lines", 2_000) == [])
        for number in 0..<2_000 { #expect(try await socket.next() == .event("line", ["\(number)"])) }
    }

    @Test func `the others of a room learn why a socket has left`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.join("lobby")
            socket.onDisconnecting { reason in
                socket.to("lobby").emit("left", reason.rawValue)
            }
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open()
        let bob = try await client.open()
        try await bob.disconnect()
        #expect(try await ada.next() == .event("left", [#""client namespace disconnect""#]))
    }

    @Test func `undecoded arguments and messages are forwarded`() async throws {
        var app = Application()
        let io = SocketIO()
        io["/relay"].onConnect { socket in
            socket.on("forward") { (event: ReceivedEvent) in
                guard let name = try? event.arguments.decode(String.self, at: 0) else { return }
                socket.broadcast.emit(name, arguments: event.arguments.dropFirst().detached)
                event.acknowledge(with: event.arguments)
            }
            socket.onMessage { message in
                guard case .json(let value) = message else { return }
                socket.send(.json(value))
            }
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open(namespace: "/relay")
        let bob = try await client.open(namespace: "/relay")
        #expect(try await ada.emitWithAcknowledgement("forward", "line", 1, [2, 3]) == [#""line""#, "1", "[2,3]"])
        #expect(try await bob.next() == .event("line", ["1", "[2,3]"]))
        let value = try JSONSlice.encode(["a": 1])
        try await ada.send(.json(value))
        #expect(try await ada.nextMessage() == .json(value))
    }

    private struct Credentials: Codable {
        var token: String
    }

    private struct Members {
        func contains(_ member: String?, of name: String) async throws -> Bool { member == "ada" }
    }

    @Test func `a namespace of a family is made when a client joins it`() async throws {
        var app = Application()
        let io = SocketIO()
        let members = Members()
        let rooms = io.namespaces { $0.hasPrefix("/room-") }
        rooms.on("where am I") { (socket: Socket) in socket.namespace.name }

        let games = try io.namespaces(matching: #"/game/(?P<number>\d+)"#)
        games.on("number") { (socket: Socket) in socket.namespace.captures["number"] }

        let projects = io.namespaces { name, auth in
            guard name.hasPrefix("/project-") else { return false }
            return try await members.contains(auth?.decode(Credentials.self).token, of: name)
        }
        projects.emit("notice", "maintenance at noon")
        app.add(io.routes())
        let client = TestClient(try app.router())
        let socket = try await client.open(namespace: "/room-7")
        #expect(try await socket.emitWithAcknowledgement("where am I") == [#""/room-7""#])
        await #expect(throws: TestError.self) { try await client.open(namespace: "/hall-7") }
        let game = try await client.open(namespace: "/game/12")
        #expect(try await game.emitWithAcknowledgement("number") == [#""12""#])
        let project = try await client.open(namespace: "/project-a", auth: Credentials(token: "ada"))
        await #expect(throws: TestError.self) {
            try await client.open(namespace: "/project-a", auth: Credentials(token: "bob"))
        }
        projects.emit("notice", "now")
        #expect(try await project.next() == .event("notice", [#""now""#]))
        #expect(Set(io.namespaces.map(\.name)) == ["/room-7", "/game/12", "/project-a"])
    }

    @Test func `a namespace refuses clients without its secret`() async throws {
        var app = Application()
        let io = SocketIO()
        let admin = io["/admin"]
        admin.use { socket in
            guard socket.handshake.query["token"] == "secret" else { throw ConnectError("not authorised") }
        }
        admin.onConnect { socket in socket.emit("ready") }
        app.add(io.routes())
        let client = TestClient(try app.router())
        await #expect(throws: TestError.self) { try await client.open(namespace: "/admin") }
        let socket = try await client.open(namespace: "/admin", query: "&token=secret")
        #expect(try await socket.next() == .event("ready", []))
    }

    @Test func `handlers are called once, and are removed`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.once("hello") { (name: String) in "nice to meet you, \(name)" }
            let logging = socket.onAny { event in print("received", event.name) }
            socket.onAnyOutgoing { name, arguments in print("sent", name, arguments.count) }
            socket.on("quiet") { socket.off(logging) }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        #expect(try await socket.emitWithAcknowledgement("hello", "Ada") == [#""nice to meet you, Ada""#])
        #expect(try await socket.emitWithAcknowledgement("quiet") == [])
    }

    private struct Accounts {
        func mayUse(_ name: String) async -> Bool { name != "admin" }
    }

    @Test func `packet middleware changes, drops and refuses events`() async throws {
        var app = Application()
        let io = SocketIO()
        let accounts = Accounts()
        io.onError { _, _, _ in }
        io.onConnect { socket in
            struct NotAllowed: PublicError { let publicText = "sign in first" }
            socket.use { event in
                if event.name == "log" { event.drop() }
                if event.name == "say" { event.name = "message" }
            }
            socket.use { event async throws in
                guard await accounts.mayUse(event.name) else { throw NotAllowed() }
            }
            socket.on("log") { socket.emit("logged") }
            socket.onMessage { socket.send($0) }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        try await socket.emit("log")
        try await socket.emit("say", "hi")
        #expect(try await socket.nextMessage() == .text("hi"))
        #expect(try await socket.emitWithAcknowledgement("admin") == [#"{"error":"sign in first"}"#])
    }

    @Test func `a socket keeps values`() async throws {
        var app = Application()
        let io = SocketIO()
        let username = SocketDataKey<String>("username")
        let points = SocketDataKey<Int>("points")
        io["/game"].onConnect { socket in
            socket.data[username] = socket.handshake.query["name"]
            socket.on("score") { socket.data.update(points) { $0 = ($0 ?? 0) + 1 } }
            socket.on("who") { "\(socket.data[username] ?? "-") has \(socket.data[points] ?? 0) points" }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open(namespace: "/game", query: "&name=Ada")
        for _ in 0..<2 { try await socket.emit("score") }
        #expect(try await socket.emitWithAcknowledgement("who") == [#""Ada has 2 points""#])
    }

    @Test func `the end of a socket has a reason and details`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.onDisconnect { reason, details in
                print("\(socket.id), here since \(socket.handshake.time), left: \(reason.rawValue), \(details)")
            }
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        try await client.open().close()
        await client.settle()
        #expect(io.statistics.sockets == 0)
    }
}
