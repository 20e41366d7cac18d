import Gust
import GustTesting
import Testing

/// The snippets of `SessionsAndStores.md`.
@Suite(.leavesNothing) struct SessionsAndStoresArticle {
    private let secret = String(repeating: "0123456789abcdef", count: 2)

    @Test func `the endpoint reads the session of a visitor who logged in on a page`() async throws {
        var app = Application()
        let io = SocketIO()
        app.use(try Sessions(keys: SigningKeys(secret)))
        app.post("/login") { request in
            try request.session.renew()
            try request.session.set("ada", for: "user")
            return Response.redirect(to: "/")
        }
        io.onConnect { socket in
            socket.on("who am I") { () throws in
                try socket.session.value(String.self, for: "user") ?? "nobody"
            }
        }
        app.add(io.routes())
        let client = TestClient(try app.router(), keepsCookies: true)
        let stranger = try await client.open()
        #expect(try await stranger.emitWithAcknowledgement("who am I") == [#""nobody""#])
        _ = try await client.post("/login", body: "")
        let ada = try await client.open()
        #expect(try await ada.emitWithAcknowledgement("who am I") == [#""ada""#])
    }

    @Test func `a socket counts in its session, which a store saves`() async throws {
        var app = Application()
        let io = SocketIO()
        let store = MemorySessionStore(capacity: 100_000, lifetime: .seconds(24 * 3_600))
        app.use(try Sessions(keys: SigningKeys(secret), store: store))
        io.onConnect { socket in
            socket.on("count") { () async throws -> Int in
                let count = try socket.session.value(Int.self, for: "count") ?? 0
                try socket.session.set(count + 1, for: "count")
                try await socket.session.save()
                return count + 1
            }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        #expect(try await socket.emitWithAcknowledgement("count") == ["1"])
        #expect(try await socket.emitWithAcknowledgement("count") == ["2"])
        #expect(store.count == 1)
    }

    @Test func `a socket is disconnected when its visitor logs out`() async throws {
        var app = Application()
        let io = SocketIO()
        app.use(try Sessions(keys: SigningKeys(secret)))
        app.post("/logout") { request in
            try request.session.destroy()
            return "bye"
        }
        io.onConnect { socket in
            socket.session.onEnd { socket.disconnect() }
        }
        app.add(io.routes())
        let client = TestClient(try app.router(), keepsCookies: true)
        let socket = try await client.open()
        _ = try await client.post("/logout", body: "")
        #expect(try await socket.next() == .disconnected)
    }
}
