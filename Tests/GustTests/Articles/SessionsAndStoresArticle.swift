import Gust
import GustTesting
import GustWeb
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
    }

    actor DatabaseSessions: SessionStore {
        private var rows: [String: Data] = [:]

        func load(_ id: String) throws -> SessionValues? {
            try rows[id].map { try JSONDecoder().decode(SessionValues.self, from: $0) }
        }

        func save(_ values: SessionValues, for id: String) throws {
            rows[id] = try JSONEncoder().encode(values)
        }

        func remove(_ id: String) { rows[id] = nil }
    }

    @Test func `a store of one's own keeps encoded values`() async throws {
        let values: SessionValues = ["user": #""ada""#]
        let store = DatabaseSessions()
        try await store.save(values, for: "1")
        #expect(try await store.load("1") == values)
        await store.remove("1")
        #expect(try await store.load("1") == nil)
    }

    @Test func `a visitor stays logged in by a store of one's own until the logout`() async throws {
        var app = Application()
        app.use(try Sessions(keys: SigningKeys(secret), store: DatabaseSessions()))
        app.post("/login") { request in
            try request.session.set("ada", for: "user")
            return "hello"
        }
        app.get("/me") { request in try request.session.value(String.self, for: "user") ?? "nobody" }
        app.post("/logout") { request in
            try request.session.destroy()
            return "bye"
        }
        let client = TestClient(try app.router(), keepsCookies: true)
        _ = try await client.post("/login", body: "")
        #expect(try await client.get("/me").text == "ada")
        _ = try await client.post("/logout", body: "")
        #expect(try await client.get("/me").text == "nobody")
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
