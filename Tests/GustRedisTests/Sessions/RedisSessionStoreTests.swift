#if Redis
import Gust
import GustHTTP
import GustRedis
import GustSessions
import GustTesting
import HTTPTypes
import NIOCore
import Synchronization
import Testing

/// Sessions in a real server.
@Suite(.timeLimit(.minutes(1))) final class RedisSessionStoreTests: Sendable {
    private let seconds = Mutex(1_300_000_000)

    private func store(_ client: RedisClient, prefix: String = "gust:") -> RedisSessionStore {
        RedisSessionStore(client, prefix: prefix) { [unowned self] in HTTPDate(seconds: seconds.withLock { $0 }) }
    }

    private func record(_ user: String? = nil, lifetime: Int = 60) -> SessionRecord {
        var record = SessionRecord(["a": "1"], expires: seconds.withLock { $0 } + lifetime)
        record.identity = user.map { SessionIdentity(user: ByteText($0), roles: ["r"]) }
        return record
    }

    @Test func `a session is read back by another node with all its parts`() async throws {
        let server = try await RedisServerProcess()
        let (one, two) = (server.client(), server.client())
        let record = record("ada\u{0}é")
        #expect(try await store(one).save(record, for: "x"))
        let read = try #require(try await store(two).load("x"))
        #expect(read.texts == record.texts && read.identity == record.identity && read.expires == record.expires)
        #expect(read.version == 1)
        #expect(try await store(two).load("y") == nil)
        #expect(try await store(two, prefix: "other:").load("x") == nil)
        await one.close()
        await two.close()
    }

    @Test func `a record replaces only the version that it was made from`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let (one, two) = (store(client), store(client))
        #expect(try await one.save(record(), for: "x"))
        #expect(try await !two.save(record(), for: "x"))
        var next = try #require(try await two.load("x"))
        next.texts["b"] = "2"
        #expect(try await one.save(next, for: "x"))
        #expect(try await !two.save(next, for: "x"))
        try await one.remove("x")
        #expect(try await !two.save(next, for: "x"))
        await client.close()
    }

    @Test func `of many nodes that save at the same time, one succeeds with each version`() async throws {
        let server = try await RedisServerProcess()
        let clients = (0..<4).map { _ in server.client() }
        for round in 0..<10 {
            var record = record()
            record.version = round
            let stored = try await withThrowingTaskGroup(of: Bool.self) { [record] group in
                for client in clients { group.addTask { try await self.store(client).save(record, for: "x") } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(stored == 1)
        }
        for client in clients { await client.close() }
    }

    @Test func `an expired session isn't loaded, and can be replaced as if there were none`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let store = store(client)
        #expect(try await store.save(record(), for: "x"))
        seconds.withLock { $0 += 59 }
        #expect(try await store.load("x") != nil)
        seconds.withLock { $0 += 1 }
        #expect(try await store.load("x") == nil)
        #expect(try await store.save(record(), for: "x"))
        #expect(try await store.load("x")?.version == 1)
        await client.close()
    }

    @Test func `Redis removes sessions and the sets of users by itself, unless a session never ends`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let store = store(client)
        func lifetime(_ key: String) async throws -> Int? {
            try await client.send(RedisCommand("PTTL", key)).integer
        }
        _ = try await store.save(record("ada", lifetime: 60), for: "x")
        for key in ["gust:session:x", "gust:user:ada"] {
            #expect(30_000...60_000 ~= (try await lifetime(key) ?? 0))
        }
        _ = try await store.save(record("ada", lifetime: 10), for: "y")
        #expect((try await lifetime("gust:user:ada") ?? 0) > 30_000)
        var endless = record("ada")
        endless.expires = .max
        _ = try await store.save(endless, for: "z")
        for key in ["gust:session:z", "gust:user:ada"] { #expect(try await lifetime(key) == -1) }
        _ = try await store.save(record("ada", lifetime: 10), for: "w")
        #expect(try await lifetime("gust:user:ada") == -1)
        _ = try await store.save(record("bob", lifetime: 0), for: "v")
        #expect(try await lifetime("gust:session:v") == -2)
        await client.close()
    }

    @Test func `all sessions of a user are removed except one, and users are compared by bytes`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let store = store(client)
        for (id, user) in [("1", "ada"), ("2", "ada"), ("3", "ada\u{0}x"), ("4", "bob"), ("5", "Ada")] {
            _ = try await store.save(record(user), for: id)
        }
        _ = try await store.save(record(), for: "6")
        // The session 7 was ada's, and is bob's now.
        _ = try await store.save(record("ada"), for: "7")
        var other = try #require(try await store.load("7"))
        other.identity = SessionIdentity(user: "bob", roles: [])
        #expect(try await store.save(other, for: "7"))
        #expect(try await store.removeAll(of: "ada", except: "2") == ["1"])
        for id in ["2", "3", "4", "5", "6", "7"] { #expect(try await store.load(id) != nil) }
        #expect(try await store.removeAll(of: "ada", except: nil) == ["2"])
        #expect(Set(try await store.removeAll(of: "bob", except: nil)) == ["4", "7"])
        await client.close()
    }

    @Test func `without Redis a request is 503, and a full Redis is 503 too`() async throws {
        let server = try await RedisServerProcess(["--maxmemory", "1"])
        let client = server.client { $0.commandTimeout = .milliseconds(500) }
        func expectUnavailable() async {
            await #expect {
                _ = try await self.store(client).save(self.record(), for: "x")
            } throws: {
                ($0 as? HTTPError)?.status == .serviceUnavailable
                    && ($0 as? HTTPError)?.message == "the store of the sessions can't be used at the moment"
            }
        }
        _ = try await client.send(RedisCommand("PING"), timeout: .seconds(20))
        await expectUnavailable()
        server.stop()
        await expectUnavailable()
        await client.close()
    }

    @Test func `a script is sent again after Redis has lost it`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        #expect(try await store(client).save(record(), for: "x"))
        _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
        #expect(try await store(client).save(record(), for: "y"))
        await client.close()
    }

    @Test func `visitors who signed in on one node are signed in on another one`() async throws {
        let server = try await RedisServerProcess()
        let redis = server.client()
        let keys = try SigningKeys(String(repeating: "k", count: 32))
        func client() throws -> TestClient {
            var app = Application()
            app.use(try Sessions(keys: keys, store: RedisSessionStore(redis)))
            app.post("/signin") { request in
                try request.session.signIn(as: "ada")
                return "hello"
            }
            app.get("/me") { request in try request.session.user ?? "nobody" }
            return TestClient(try app.router(), keepsCookies: true)
        }
        let one = try client()
        _ = try await one.post("/signin", body: "")
        let two = try client()
        two.setHeaders([.cookie: "session=\(one.cookies["session"] ?? "")"])
        #expect(try await two.get("/me").text == "ada")
        await redis.close()
    }
}
#endif
