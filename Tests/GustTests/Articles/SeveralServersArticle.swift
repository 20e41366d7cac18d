import Gust
import GustTesting
import Testing

/// The snippets of `SeveralServers.md`.
@Suite(.leavesNothing) struct SeveralServersArticle {
    @Test func `the clients of a room vote`() async throws {
        let io = SocketIO()
        io.onConnect { $0.join("lobby") }
        var app = Application()
        app.add(io.routes())
        app.post("/vote") { _ in
            let replies = try io.to("lobby").emitWithAcknowledgement("vote", timeout: .seconds(5))
            var yes = 0
            for await reply in replies {
                if case .success(let answer) = reply.result, try answer.decode(Bool.self, at: 0) { yes += 1 }
            }
            return "\(yes) in favour"
        }
        let client = TestClient(try app.router())
        let (ada, bob) = (try await client.open(), try await client.open(over: .polling))
        async let answer = client.post("/vote", body: "")
        for (socket, vote) in [(ada, true), (bob, false)] {
            #expect(try await socket.next() == .event("vote", []))
            try await socket.acknowledge(vote)
        }
        #expect(try await answer.text == "1 in favour")
    }

    @Test func `the sockets of a room are fetched`() async throws {
        let io = SocketIO()
        io.onConnect { $0.join("lobby") }
        var app = Application()
        app.add(io.routes())
        app.get("/online") { _ in
            let found = await io.to("lobby").fetchSockets()
            for socket in found.sockets { socket.emit("seen", socket.rooms.count) }
            return "\(found.sockets.count) sockets, \(found.silentNodes.count) servers silent"
        }
        let client = TestClient(try app.router())
        let ada = try await client.open()
        #expect(try await client.get("/online").text == "1 sockets, 0 servers silent")
        #expect(try await ada.next() == .event("seen", ["2"]))
    }

    @Test func `an event between servers reaches no client of a single server`() async throws {
        let io = SocketIO()
        io["/"].onServerSide("reload") { (page: String) in
            io.emit("reload", page)
        }
        io["/"].serverSideEmit("reload", "home")
        var app = Application()
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open()
        await client.settle()
        #expect(try await ada.nextIfAny() == nil)
    }

    @Test func `a client continues its socket`() async throws {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        let io = SocketIO(settings)
        io.onConnect { socket in
            if !socket.isRecovered { socket.join("lobby") }
        }
        var app = Application()
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open()
        io.to("lobby").emit("line", "hello")
        guard case .event("line", let arguments, _) = try await ada.next() else { throw TestError.closed }
        #expect(arguments.count == 2)
    }
}
