import Foundation
import GustHTTP
import Synchronization
import Testing

/// The user's data bag, and the store that keeps it.
@Suite struct SessionTests {
    /// A clock that only moves when a test says so.
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(by time: Duration) { instant.withLock { $0 += time } }
    }

    @Test func `a session is kept for its lifetime after its last use`() {
        let clock = Clock()
        let store = MemorySessionStore(lifetime: .seconds(60)) { clock.now }
        store.save(["a": "1"], for: "x")
        clock.advance(by: .seconds(59))
        #expect(store.load("x")?.count == 1)
        clock.advance(by: .seconds(59))
        #expect(store.load("x")?.count == 1)
        clock.advance(by: .seconds(60))
        #expect(store.load("x") == nil)
        #expect(store.count == 0)
    }

    @Test func `a full store forgets who was used least recently`() {
        let clock = Clock()
        let store = MemorySessionStore(capacity: 3) { clock.now }
        for id in ["a", "b", "c"] {
            store.save([:], for: id)
            clock.advance(by: .seconds(1))
        }
        _ = store.load("a")
        clock.advance(by: .seconds(1))
        store.save([:], for: "d")
        #expect(store.count <= 3)
        #expect(store.load("b") == nil)
        #expect(store.load("a") != nil)
        #expect(store.load("d") != nil)
    }

    @Test func `values come out as they went in, and those of another type are an error`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set([1, 2], for: "list")
        #expect(try session.value([Int].self, for: "list") == [1, 2])
        #expect(try session.value(Int.self, for: "nothing") == nil)
        #expect(throws: (any Error).self) { try session.value(String.self, for: "list") }
        session.remove("list")
        #expect(try session.value([Int].self, for: "list") == nil)
    }

    @Test func `a session takes no more than its limit, and keeps what it had`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 20)
        try session.set("short", for: "a")
        #expect(throws: SessionError.tooLarge) { try session.set(String(repeating: "x", count: 20), for: "a") }
        #expect(try session.value(String.self, for: "a") == "short")
    }

    private struct Purse: Codable, Equatable {
        var number: Int64
        var large: UInt64
        var price: Decimal
        var bytes: Data
    }

    @Test func `numbers are as exact afterwards as before`() throws {
        let purse = Purse(
            number: .min,
            large: .max,
            price: try #require(Decimal(string: "12345678901234567890.123456789")),
            bytes: Data([0, 255])
        )
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set(purse, for: "purse")
        try session.set(purse.price, for: "price")
        try session.set(Int64.max, for: "number")
        #expect(try session.value(Purse.self, for: "purse") == purse)
        #expect(try session.value(Decimal.self, for: "price") == purse.price)
        #expect(try session.value(Int64.self, for: "number") == .max)
    }

    @Test func `the store gets JSON texts by key`() async throws {
        let store = MemorySessionStore()
        let session = Session(id: "x", store: store, limit: 1_000)
        try session.set(["a/b"], for: "list")
        try session.set(Decimal(string: "0.1"), for: "tenth")
        try await session.save()
        #expect(store.load("x") == ["list": #"["a/b"]"#, "tenth": "0.1"])
    }

    @Test func `a change during a save isn't taken for saved`() async throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set(1, for: "a")
        try await session.save()
        try session.set(2, for: "a")
        // What the store has is older than what was changed here.
        session.adopt(["a": "1", "b": "3"], of: "x")
        #expect(try session.value(Int.self, for: "a") == 2)
        #expect(try session.value(Int.self, for: "b") == 3)
    }

    @Test func `a session that its connection destroys is empty, and gone from the store when saved`() async throws {
        let store = MemorySessionStore()
        let session = Session(id: "x", store: store, limit: 1_000)
        try session.set(1, for: "a")
        try await session.save()
        session.destroy()
        #expect(session.keys.isEmpty)
        try await session.save()
        #expect(store.load("x") == nil)
        try session.set(2, for: "a")
        try await session.save()
        #expect(store.load("x") == ["a": "2"])
    }

    @Test func `a session is renewed only while an answer can tell the browser`() async throws {
        let store = MemorySessionStore()
        let live = LiveSessions()
        let session = Session(id: "x", store: store, limit: 1_000, live: live)
        live.insert(session, "x")
        try session.set(1, for: "a")
        try await session.save()
        #expect(throws: SessionError.noAnswer) { try session.renew() }
        session.beginAnswer()
        try session.renew()
        session.endAnswer()
        #expect(session.id != "x" && session.id.utf8.count == 24)
        #expect(live["x"] == nil)
        #expect(live[session.id] === session)
        try await session.save(always: false)
        #expect(store.load("x") == nil)
        #expect(store.load(session.id) == ["a": "1"])
    }

    @Test func `nobody who holds a session leaves nothing behind`() {
        let live = LiveSessions()
        do {
            let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000, live: live)
            #expect(live.insert(session, "x") === session)
            let second = Session(id: "x", store: MemorySessionStore(), limit: 1_000, live: live)
            #expect(live.insert(second, "x") === session)
        }
        #expect(live.count == 0)
    }
}
