import Gust
import GustTesting
import Testing

/// The snippets of `RoomsAndBroadcast.md`.
@Suite(.leavesNothing) struct RoomsAndBroadcastArticle {
    private func application(_ io: SocketIO) -> Application {
        io.onConnect { socket in
            socket.join("lobby")
            socket.on("say") { (text: String) in
                socket.to("lobby").emit("line", text)
            }
            socket.on("whisper") { (id: String, text: String) in
                socket.to(id).emit("line", text)
            }
        }
        var app = Application()
        app.add(io.routes())
        return app
    }

    @Test func `a message to a room reaches the room, a whispered one reaches one socket`() async throws {
        let io = SocketIO()
        let client = TestClient(try application(io).router())
        io.onConnect { socket in socket.emit("you are", socket.id) }
        let ada = try await client.open()
        guard case .event(_, let told, _) = try await ada.next() else { throw TestError.closed }
        let id = try #require(told.first).trimmingPrefix("\"").prefix { $0 != "\"" }
        let bob = try await client.open(over: .polling)
        _ = try await bob.next()
        try await ada.emit("say", "tea?")
        #expect(try await bob.next() == .event("line", [#""tea?""#]))
        try await bob.emit("whisper", String(id), "yes")
        #expect(try await ada.next() == .event("line", [#""yes""#]))
    }

    @Test func `a room tells its sockets who joins it`() async throws {
        let io = SocketIO()
        let client = TestClient(try application(io).router())
        io["/"].onRoom(
            joined: { namespace, room, id in namespace.to(room).except(id).emit("arrived", room) },
            deleted: { _, room in print("\(room) is empty") }
        )
        io.onConnect { $0.join("hall") }
        let ada = try await client.open()
        _ = try await client.open()
        var arrivals: [TestSocket.Received] = []
        while let next = try await ada.nextIfAny() { arrivals.append(next) }
        #expect(arrivals.contains(.event("arrived", [#""hall""#])))
    }

    @Test func `a task waits for the loops between its broadcasts`() async throws {
        let io = SocketIO()
        var app = application(io)
        app.post("/count") { request in
            for number in 1...1_000 {
                io.to("lobby").emit("count", number)
                await io.everybody.flush()
            }
            let lobby = await io.to("lobby").sockets()
            return "counted for \(lobby.count) sockets"
        }
        let client = TestClient(try app.router())
        let ada = try await client.open()
        #expect(try await client.post("/count", body: "").text == "counted for 1 sockets")
        #expect(try await ada.next() == .event("count", ["1"]))
        #expect(io.statistics.refused == 0)
    }

    @Test func `a server sends to rooms, moves their sockets, and disconnects them`() async throws {
        let io = SocketIO()
        let client = TestClient(try application(io).router())
        let ada = try await client.open()
        io.to("lobby", "kitchen").except("muted").emit("news", "tea is ready")
        io.everybody.volatile.emit("cursor", 3, 4)
        io.to("kitchen").join("lobby")
        io.to("lobby").disconnect()
        #expect(try await ada.next() == .event("news", [#""tea is ready""#]))
        while try await ada.next() != .disconnected {}
    }

    @Test func `a socket joins, leaves and sends to several rooms`() async throws {
        let io = SocketIO()
        let client = TestClient(try application(io).router())
        io["/several"].onConnect { socket in
            socket.join("red", "blue")
            socket.leave(["red", "blue"])
            socket.to("lobby", "kitchen").except(["muted", "away"]).emit("line", "tea is ready")
            socket.volatile.emit("cursor", 3, 4)
            socket.join("kitchen")
        }
        let ada = try await client.open(namespace: "/several")
        #expect(try await ada.next() == .event("cursor", ["3", "4"]))
        let bob = try await client.open(namespace: "/several")
        #expect(try await ada.next() == .event("line", [#""tea is ready""#]))
        #expect(try await bob.next() == .event("cursor", ["3", "4"]))
    }
}
