#if SQLite
import Foundation
import GRDB
import Gust
import GustHTTP
import GustSQLite
import GustSessions
import GustTesting
import HTTPTypes
import Synchronization
import Testing

/// Sessions in an SQLite database.
@Suite final class SQLiteSessionStoreTests: Sendable {
    private let path = NSTemporaryDirectory() + "gust-sessions-\(UUID().uuidString).sqlite"
    private let seconds = Mutex(1_300_000_000)

    deinit {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    private func store(patience: Double = 5) throws -> SQLiteSessionStore {
        try SQLiteSessionStore(path: path, patience: patience) { [unowned self] in
            HTTPDate(seconds: seconds.withLock { $0 })
        }
    }

    private func record(_ user: String? = nil, lifetime: Int = 60) -> SessionRecord {
        var record = SessionRecord(["a": "1"], expires: seconds.withLock { $0 } + lifetime)
        record.identity = user.map { SessionIdentity(user: ByteText($0), roles: ["r"]) }
        return record
    }

    @Test func `a session is read back by another process with all its parts`() async throws {
        let record = record("ada\u{0}")
        #expect(try await store().save(record, for: "x"))
        let read = try #require(try await store().load("x"))
        #expect(read.texts == record.texts && read.identity == record.identity && read.expires == record.expires)
        #expect(read.version == 1)
        #expect(try await store().load("y") == nil)
    }

    @Test func `a record replaces only the version that it was made from`() async throws {
        let (one, two) = (try store(), try store())
        #expect(try await one.save(record(), for: "x"))
        #expect(try await !two.save(record(), for: "x"))
        var next = try #require(try await two.load("x"))
        next.texts["b"] = "2"
        #expect(try await one.save(next, for: "x"))
        #expect(try await !two.save(next, for: "x"))
        try await one.remove("x")
        #expect(try await !two.save(next, for: "x"))
    }

    @Test func `of many processes that save at the same time, one succeeds with each version`() async throws {
        let stores = try (0..<4).map { _ in try store() }
        for round in 0..<10 {
            var record = record()
            record.version = round
            let stored = try await withThrowingTaskGroup(of: Bool.self) { [record] group in
                for store in stores { group.addTask { try await store.save(record, for: "x") } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(stored == 1)
        }
    }

    @Test func `an expired session isn't loaded, and is deleted with a later save`() async throws {
        let store = try store()
        _ = try await store.save(record(), for: "x")
        seconds.withLock { $0 += 59 }
        #expect(try await store.load("x") != nil)
        seconds.withLock { $0 += 1 }
        #expect(try await store.load("x") == nil)
        #expect(try await store.count == 1)
        for number in 0..<255 { _ = try await store.save(record(), for: "y\(number)") }
        #expect(try await store.count == 255)
    }

    @Test func `all sessions of a user are removed except one, and users are compared by bytes`() async throws {
        let store = try store()
        for (id, user) in [("1", "ada"), ("2", "ada"), ("3", "ada\u{0}x"), ("4", "bob"), ("5", "Ada")] {
            _ = try await store.save(record(user), for: id)
        }
        _ = try await store.save(record(), for: "6")
        #expect(try await store.removeAll(of: "ada", except: "2") == ["1"])
        for id in ["2", "3", "4", "5", "6"] { #expect(try await store.load(id) != nil) }
        #expect(try await store.removeAll(of: "ada", except: nil) == ["2"])
    }

    @Test func `while another process keeps the database locked, a save is 503 and nothing is lost`() async throws {
        let store = try store(patience: 0.01)
        _ = try await store.save(record(), for: "x")
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        do {
            _ = try await store.save(record(), for: "y")
            Issue.record("the save didn't fail")
        } catch let error as HTTPError {
            #expect(error.status == .serviceUnavailable)
            #expect(error.message == "the database of the sessions is locked")
        }
        #expect(try await store.load("x") != nil)
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try await store.save(record(), for: "y"))
    }

    @Test func `a file that isn't a database is refused when the store is made`() throws {
        try Data(repeating: 7, count: 10_000).write(to: URL(filePath: path))
        #expect(throws: DatabaseError.self) { try self.store() }
    }

    @Test func `visitors stay signed in when the server is restarted`() async throws {
        let keys = try SigningKeys(String(repeating: "k", count: 32))
        func client() throws -> TestClient {
            var app = Application()
            app.use(try Sessions(keys: keys, store: SQLiteSessionStore(path: path)))
            app.post("/signin") { request in
                try request.session.signIn(as: "ada")
                return "hello"
            }
            app.get("/me") { request in try request.session.user ?? "nobody" }
            return TestClient(try app.router(), keepsCookies: true)
        }
        let before = try client()
        _ = try await before.post("/signin", body: "")
        let after = try client()
        after.setHeaders([.cookie: "session=\(before.cookies["session"] ?? "")"])
        #expect(try await after.get("/me").text == "ada")
    }
}
#endif
