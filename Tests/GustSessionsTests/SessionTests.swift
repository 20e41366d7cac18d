import Foundation
import GustHTTP
import GustSessions
import HTTPTypes
import NIOEmbedded
import Synchronization
import Testing

/// Sessions and their store.
@Suite struct SessionTests {
    @Test func `a full store removes the least recently used session`() {
        let store = MemorySessionStore(capacity: 3)
        for id in ["a", "b", "c"] { store.save([:], for: id) }
        _ = store.load("a")
        store.save([:], for: "d")
        #expect(store.count <= 3)
        #expect(store.load("b") == nil)
        #expect(store.load("a") != nil)
        #expect(store.load("d") != nil)
    }

    @Test func `values are read back, and reading them as another type throws`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set([1, 2], for: "list")
        #expect(try session.value([Int].self, for: "list") == [1, 2])
        #expect(try session.value(Int.self, for: "nothing") == nil)
        #expect(throws: (any Error).self) { try session.value(String.self, for: "list") }
        session.remove("list")
        #expect(try session.value([Int].self, for: "list") == nil)
    }

    @Test func `a date in a session is stored as ISO 8601 text`() async throws {
        let store = MemorySessionStore()
        let session = Session(id: "x", store: store, limit: 1_000)
        let date = Date(timeIntervalSince1970: 1.5)
        try session.set(date, for: "since")
        try session.set(["a": date], for: "map")
        #expect(try session.value(Date.self, for: "since") == date)
        #expect(try session.value([String: Date].self, for: "map") == ["a": date])
        try await session.save()
        #expect(store.load("x")?.texts["since"] == #""1970-01-01T00:00:01.500Z""#)
    }

    @Test func `a value that exceeds the limit is refused, and the old value stays`() throws {
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

    @Test func `large numbers and decimals are exact after they are stored`() throws {
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

    @Test func `the store receives JSON texts by key`() async throws {
        let store = MemorySessionStore()
        let session = Session(id: "x", store: store, limit: 1_000)
        try session.set(["a/b"], for: "list")
        try session.set(Decimal(string: "0.1"), for: "tenth")
        try await session.save()
        #expect(store.load("x")?.texts == ["list": #"["a/b"]"#, "tenth": "0.1"])
    }

    @Test func `unsaved changes aren't overwritten by the values of the store`() async throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set(1, for: "a")
        try await session.save()
        try session.set(2, for: "a")
        // The value of the store is older than the change.
        var record: SessionRecord = ["a": "1", "b": "3"]
        record.version = 1
        session.core.adopt(record)
        #expect(try session.value(Int.self, for: "a") == 2)
        #expect(try session.value(Int.self, for: "b") == 3)
    }

    @Test func `a destroyed session of a connection is empty and is removed from the store by the next save`()
        async throws
    {
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
        #expect(store.load("x")?.texts == ["a": "2"])
    }

    /// The session of a request with the id "x".
    private func browserSession(_ store: any SessionStore, _ live: LiveSessions, limit: Int = 1_000) -> Session {
        Session(live.insert(SessionCore(id: "x", store: store, limit: limit, live: live)))
    }

    @Test func `a session can be renewed only while its request is being answered`() async throws {
        let store = MemorySessionStore()
        let live = LiveSessions()
        let session = browserSession(store, live)
        try session.set(1, for: "a")
        try await session.save()
        #expect(throws: SessionError.noAnswer) { try session.renew() }
        session.beginAnswer()
        try session.renew()
        session.endAnswer()
        #expect(session.id != "x" && session.id.utf8.count == 24)
        #expect(live["x"] == nil)
        #expect(live[session.id] === session.core)
        try await session.save(always: false)
        #expect(store.load("x") == nil)
        #expect(store.load(session.id)?.texts == ["a": "1"])
    }

    @Test(arguments: [true, false])
    func `after a renewal or destruction, others with the old id have an ended session without values`(
        isRenewed: Bool
    ) async throws {
        let store = MemorySessionStore()
        let live = LiveSessions()
        let visitor = browserSession(store, live)
        // Another request with the planted id, which is in progress.
        let attacker = Session(visitor.core)
        visitor.beginAnswer()
        attacker.beginAnswer()
        try attacker.set("cheese", for: "basket")
        try await attacker.save(always: false)
        if isRenewed { try visitor.renew() } else { visitor.destroy() }
        try visitor.set("ada", for: "user")
        #expect(attacker.hasEnded && !visitor.hasEnded)
        #expect(attacker.id == "x" && visitor.id != "x")
        #expect(try attacker.value(String.self, for: "user") == nil)
        #expect(attacker.keys.isEmpty)
        #expect(throws: SessionError.ended) { try attacker.set("evil", for: "user") }
        // The response to the other request neither sets a cookie with the old id nor removes the cookie.
        #expect(!attacker.standing.isWorthKnowing && !attacker.standing.isDestroyed)
        try await visitor.save(always: false)
        try await attacker.save()
        #expect(store.load("x") == nil)
        #expect(
            store.load(visitor.id)?.texts
                == (isRenewed ? ["user": #""ada""#, "basket": #""cheese""#] : ["user": #""ada""#])
        )
        #expect(live.hasEnded("x") && !live.hasEnded(visitor.id))
        // A request that has read the store before the renewal can't make the planted id valid again.
        #expect(live.insert(SessionCore(id: "x", store: store, limit: 1, live: live)).id == "x")
        #expect(live["x"] == nil)
        // The other request may renew its session too: with an id of its own and without the visitor's values.
        try attacker.renew()
        try attacker.set("eve", for: "user")
        #expect(attacker.id != visitor.id && attacker.keys == ["user"])
        #expect(try visitor.value(String.self, for: "user") == "ada")
    }

    @Test func `the actions for the end of a session are called once`() throws {
        let live = LiveSessions()
        let visitor = browserSession(MemorySessionStore(), live)
        let socket = Session(visitor.core)
        let calls = Mutex<[String]>([])
        @Sendable func note(_ name: String) { calls.withLock { $0.append(name) } }
        socket.onEnd { note("first") }
        socket.onEnd { note("cancelled") }.cancel()
        socket.onEnd {
            // No lock is held, so the action may read the session.
            if socket.hasEnded { note("second") }
        }
        visitor.beginAnswer()
        try visitor.renew()
        #expect(calls.withLock { $0 } == ["first", "second"])
        socket.onEnd { note("late") }.cancel()
        #expect(calls.withLock { $0 } == ["first", "second", "late"])
        // The successor of the session has an end of its own.
        visitor.onEnd { note("destroyed") }
        visitor.destroy()
        visitor.destroy()
        #expect(calls.withLock { $0 } == ["first", "second", "late", "destroyed"])
    }

    @Test func `the last 4096 ids of ended sessions are kept`() {
        let live = LiveSessions()
        let store = MemorySessionStore()
        for number in 0..<5_000 { SessionCore(id: "\(number)", store: store, limit: 1, live: live).end() }
        #expect(!live.hasEnded("903") && live.hasEnded("904") && live.hasEnded("4999"))
        #expect(live.count == 0)
    }

    @Test func `keys are compared by bytes`() throws {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 1_000)
        try session.set(1, for: "\u{E9}")
        try session.set(2, for: "e\u{301}")
        #expect(try session.value(Int.self, for: "\u{E9}") == 1)
        #expect(try session.value(Int.self, for: "e\u{301}") == 2)
    }

    @Test func `a session that isn't in use any more is removed from the live sessions`() {
        let live = LiveSessions()
        do {
            let core = SessionCore(id: "x", store: MemorySessionStore(), limit: 1_000, live: live)
            #expect(live.insert(core) === core)
            let second = SessionCore(id: "x", store: MemorySessionStore(), limit: 1_000, live: live)
            #expect(live.insert(second) === core)
        }
        #expect(live.count == 0)
    }

    @Test func `keys count towards the limit, and replaced values don't`() throws {
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

    @Test func `a session that is bound to a connection can't be renewed`() {
        let session = Session(id: "x", store: MemorySessionStore(), limit: 10)
        session.beginAnswer()
        #expect(throws: SessionError.boundToConnection) { try session.renew() }
        #expect(session.id == "x")
    }

    @Test func `an unchanged session isn't saved`() async throws {
        let store = MemorySessionStore()
        let session = Session(id: "x", store: store, limit: 100)
        session.remove("never set")
        try await session.save(always: false)
        #expect(store.count == 0)
        // A session that was empty before and is empty again isn't saved either.
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
        #expect(store.load("x")?.texts == ["a": "1"])
    }

    @Test(arguments: [true, false])
    func `a destroyed session of a browser continues with an empty session of a new id`(isInPlace: Bool) async throws {
        let store = MemorySessionStore()
        let live = LiveSessions()
        let session = browserSession(store, live, limit: 100)
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
        #expect(store.load(id)?.texts == ["b": "2"])
        #expect(session.standing.isWorthKnowing)
    }

    @Test func `a value that is set after the destruction in the same request is saved`() async throws {
        for isInPlace in [true, false] {
            let store = MemorySessionStore()
            let session = Session(id: "x", store: store, limit: 100)
            try session.set(1, for: "a")
            try await session.save()
            session.destroy()
            try session.set(2, for: "b")
            if isInPlace { try session.saveInPlace(in: store) } else { try await session.save(always: false) }
            #expect(store.load("x")?.texts == ["b": "2"])
        }
    }

    @Test func `a session that was removed from its store ends`() throws {
        let live = LiveSessions()
        let session = browserSession(MemorySessionStore(), live, limit: 100)
        try session.set(1, for: "a")
        var record: SessionRecord = ["b": "2"]
        record.version = 1
        session.core.adopt(record)
        #expect(session.keys == ["a", "b"] && session.isSaved)
        session.core.end()
        #expect(session.hasEnded && session.keys.isEmpty && !session.isSaved)
        #expect(live["x"] == nil)
        session.core.adopt(["b": "2"])
        #expect(session.keys.isEmpty)
    }

    @Test func `a session that a connection uses is found by its id and gets a cookie`() throws {
        let live = LiveSessions()
        let session = Session(SessionCore(id: "x", store: MemorySessionStore(), limit: 100, live: live))
        #expect(!session.standing.isWorthKnowing)
        session.hold()
        #expect(session.standing.isWorthKnowing)
        #expect(live["x"] === session.core)
        // The connection continues with the successor that its own request made.
        let other = Session(session.core)
        session.beginAnswer()
        try session.renew()
        #expect(session.standing.isWorthKnowing && !other.standing.isWorthKnowing)
    }

    @Test func `a deinitialised session doesn't remove a newer session of the same id`() throws {
        let live = LiveSessions()
        var first: SessionCore? = SessionCore(id: "x", store: MemorySessionStore(), limit: 100, live: live)
        let second = SessionCore(id: "x", store: MemorySessionStore(), limit: 100, live: live)
        live.insert(second)
        #expect(first?.id == "x")
        first = nil
        #expect(live["x"] === second)
    }

    @Test func `the session of a request throws without the middleware`() throws {
        let loop = LoopExecutor(EmbeddedEventLoop())
        var request = Request(method: .get, target: try #require(RequestTarget("/")), executor: loop)
        #expect(throws: SessionError.noMiddleware) { try request.session }
        let session = Session(id: "x", store: MemorySessionStore(), limit: 100)
        request.storage[SessionKey.self] = session
        #expect(try request.session === session)
    }
}
