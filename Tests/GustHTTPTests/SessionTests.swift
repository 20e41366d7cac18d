import Foundation
import GustHTTP
import HTTPTypes
import NIOEmbedded
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
        #expect(session.isSaved)
        session.destroy()
        #expect(session.keys.isEmpty && !session.isSaved)
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

    @Test func `keys count towards the limit, and what is replaced doesn't`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 10)
        // "1" is one byte of JSON.
        #expect(throws: SessionError.tooLarge) { try session.set(1, for: "ten bytes!") }
        try session.set(1, for: "nine-byte")
        try session.set(2, for: "nine-byte")
        #expect(throws: SessionError.tooLarge) { try session.set(1, for: "") }
        session.remove("nine-byte")
        try session.set(12_345_678, for: "ab")
        #expect(session.keys == ["ab"])
    }

    @Test func `a session bound to a connection isn't renewed`() {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 10)
        session.beginAnswer()
        #expect(throws: SessionError.boundToConnection) { try session.renew() }
        #expect(session.id == "x")
    }

    @Test func `where nothing changed nothing is saved`() async throws {
        let store = MemorySessionStore()
        let session = Session(id: "x", store: store, limit: 100)
        session.remove("never set")
        try await session.save(always: false)
        #expect(store.count == 0)
        // Nor what was empty before and is again.
        try session.set(1, for: "a")
        session.remove("a")
        try await session.save(always: false)
        #expect(store.count == 0)
        try session.set(1, for: "a")
        try await session.save(always: false)
        store.remove("x")
        session.remove("never set")
        try await session.save(always: false)
        #expect(store.count == 0)
        try await session.save()
        #expect(store.load("x") == ["a": "1"])
    }

    @Test(arguments: [true, false])
    func `a session that its browser destroys begins anew under another id`(isInPlace: Bool) async throws {
        let store = MemorySessionStore()
        let live = LiveSessions()
        let session = Session(id: "x", store: store, limit: 100, live: live)
        live.insert(session, "x")
        func save() async throws {
            if isInPlace { try session.saveInPlace(in: store) } else { try await session.save(always: false) }
        }
        try session.set(1, for: "a")
        try await save()
        #expect(session.standing.isWorthKnowing)
        session.destroy()
        let id = session.id
        #expect(id != "x")
        #expect(session.standing.isDestroyed && !session.standing.isWorthKnowing)
        #expect(live["x"] == nil)
        try await save()
        #expect(store.count == 0)
        try session.set(2, for: "b")
        #expect(!session.standing.isDestroyed)
        try await save()
        #expect(store.load(id) == ["b": "2"])
        #expect(session.standing.isWorthKnowing)
    }

    @Test func `a session that is destroyed and set in one request is kept`() async throws {
        for isInPlace in [true, false] {
            let store = MemorySessionStore()
            let session = Session(id: "x", store: store, limit: 100)
            try session.set(1, for: "a")
            try await session.save()
            session.destroy()
            try session.set(2, for: "b")
            if isInPlace { try session.saveInPlace(in: store) } else { try await session.save(always: false) }
            #expect(store.load("x") == ["b": "2"])
        }
    }

    @Test func `only the id that the store has forgotten expires`() throws {
        let live = LiveSessions()
        let session = Session(id: "x", store: MemorySessionStore(), limit: 100, live: live)
        live.insert(session, "x")
        try session.set(1, for: "a")
        session.expire("another")
        #expect(session.id == "x" && session.keys == ["a"])
        session.adopt(["b": "2"], of: "another")
        #expect(session.keys == ["a"] && !session.isSaved)
        session.adopt(["b": "2"], of: "x")
        #expect(session.keys == ["a", "b"] && session.isSaved)
        session.expire("x")
        #expect(session.id != "x" && session.keys.isEmpty)
        #expect(live["x"] == nil && live[session.id] === session)
    }

    @Test func `a session that a connection holds is found, and its browser is told`() {
        let live = LiveSessions()
        let session = Session(id: "x", store: MemorySessionStore(), limit: 100, live: live)
        #expect(!session.standing.isWorthKnowing)
        session.hold()
        #expect(session.standing.isWorthKnowing)
        #expect(live["x"] === session)
    }

    @Test func `a session that went doesn't take its successor along`() throws {
        let live = LiveSessions()
        var first: Session? = Session(id: "x", store: MemorySessionStore(), limit: 100, live: live)
        let second = Session(id: "x", store: MemorySessionStore(), limit: 100, live: live)
        live.insert(second, "x")
        #expect(first?.id == "x")
        first = nil
        #expect(live["x"] === second)
    }

    @Test func `a request says whether it has a session`() throws {
        let loop = LoopExecutor(EmbeddedEventLoop())
        var request = Request(method: .get, target: try #require(RequestTarget("/")), executor: loop)
        #expect(throws: SessionError.noMiddleware) { try request.session }
        let session = Session(id: "x", store: MemorySessionStore(), limit: 100)
        request.storage[SessionKey.self] = session
        #expect(try request.session === session)
    }
}
