import GustHTTP
import GustSessions
import Testing

/// Two processes that change one session at the same time.
@Suite struct SessionConflictTests {
    private let store = MemorySessionStore()

    /// The session "x" in a process of its own.
    private func process() -> Session {
        let live = LiveSessions()
        let session = Session(live.insert(SessionCore(id: "x", store: store, limit: 1_000, live: live)))
        if let record = store.load("x") { session.core.adopt(record) }
        return session
    }

    @Test func `changes of different keys by two processes are both kept`() async throws {
        try await save(process(), "start")
        let (one, two) = (process(), process())
        try one.set(1, for: "one")
        try two.set(2, for: "two")
        try await one.save(always: false)
        try two.saveInPlace(in: store)
        #expect(store.load("x")?.texts == ["start": "0", "one": "1", "two": "2"])
        #expect(store.load("x")?.version == 3)
        // The slower process knows the other's value now.
        #expect(try two.value(Int.self, for: "one") == 1)
    }

    @Test func `a key that one process removes is removed although the other saves`() async throws {
        try await save(process(), "start")
        let (one, two) = (process(), process())
        one.remove("start")
        try two.set(2, for: "two")
        try await one.save(always: false)
        try await two.save(always: false)
        #expect(store.load("x")?.texts == ["two": "2"])
    }

    @Test func `a session that another process has destroyed doesn't come back`() async throws {
        try await save(process(), "start")
        let (one, two) = (process(), process())
        one.destroy()
        try await one.save(always: false)
        try two.set(2, for: "two")
        try await two.save(always: false)
        #expect(store.load("x") == nil)
        #expect(two.hasEnded)
    }

    @Test func `an older record doesn't overwrite a newer one that is in use`() async throws {
        let session = process()
        try await save(session, "start")
        let old = try #require(store.load("x"))
        try await save(session, "new")
        session.core.adopt(old)
        #expect(session.keys == ["start", "new"])
    }

    @Test func `a store that always refuses ends the save with an error`() async throws {
        struct Stubborn: SessionStore {
            func load(_ id: String) async throws -> SessionRecord? { [:] }
            func save(_ record: SessionRecord, for id: String) async throws -> Bool { false }
            func remove(_ id: String) async throws {}
            func removeAll(of user: String, except kept: String?) async throws -> [String] { [] }
        }
        let session = Session(id: "x", store: Stubborn(), limit: 1_000)
        try session.set(1, for: "a")
        await #expect(throws: SessionError.contended) { try await session.save() }
    }

    private func save(_ session: Session, _ key: String) async throws {
        try session.set(0, for: key)
        try await session.save(always: false)
    }
}
