import GustHTTP
import GustSessions
import Synchronization
import Testing

/// Changes of a session while it is being saved, and failing saves.
@Suite struct SessionSavingTests {
    /// A store that calls an action during a save and may fail.
    private final class Store: SessionStore {
        struct Failure: Error {}

        let kept = MemorySessionStore()
        let whileSaving = Mutex<(@Sendable () throws -> Void)?>(nil)
        let failsToRemove = Mutex(false)

        func load(_ id: String) async throws -> SessionRecord? { kept.load(id) }

        func save(_ record: SessionRecord, for id: String) async throws -> Bool {
            let action = whileSaving.withLock { action in
                defer { action = nil }
                return action
            }
            try action?()
            return kept.save(record, for: id)
        }

        func remove(_ id: String) async throws {
            if failsToRemove.withLock({ $0 }) { throw Failure() }
            kept.remove(id)
        }

        func removeAll(of user: String, except kept: String?) async throws -> [String] {
            self.kept.removeAll(of: user, except: kept)
        }
    }

    private let store = Store()
    private let live = LiveSessions()

    private func session() throws -> Session {
        let session = Session(live.insert(SessionCore(id: "x", store: store, limit: 100, live: live)))
        session.beginAnswer()
        try session.set(1, for: "a")
        return session
    }

    @Test func `a value that is set during a save is saved by the next save and isn't overwritten`() async throws {
        let session = try session()
        store.whileSaving.withLock { $0 = { try session.set(2, for: "b") } }
        try await session.save(always: false)
        #expect(store.kept.load("x")?.texts == ["a": "1"])
        session.core.adopt(["a": "1", "b": "0"])
        #expect(try session.value(Int.self, for: "b") == 2)
        try await session.save(always: false)
        #expect(store.kept.load("x")?.texts == ["a": "1", "b": "2"])
    }

    @Test func `a session that is renewed during a save is saved under its new id by the next save`() async throws {
        let session = try session()
        store.whileSaving.withLock { $0 = { try session.renew() } }
        try await session.save(always: false)
        #expect(!session.isSaved)
        try await session.save(always: false)
        #expect(session.isSaved)
        #expect(store.kept.load(session.id)?.texts == ["a": "1"])
        #expect(store.kept.load("x") == nil)
    }

    @Test func `a failed save is repeated by the next save, and the old entry is removed last`() async throws {
        let session = try session()
        try await session.save(always: false)
        try session.renew()
        store.whileSaving.withLock { $0 = { throw Store.Failure() } }
        await #expect(throws: Store.Failure.self) { try await session.save(always: false) }
        #expect(store.kept.load("x")?.texts == ["a": "1"])
        store.failsToRemove.withLock { $0 = true }
        await #expect(throws: Store.Failure.self) { try await session.save(always: false) }
        #expect(store.kept.load(session.id)?.texts == ["a": "1"])
        store.failsToRemove.withLock { $0 = false }
        try await session.save(always: false)
        #expect(store.kept.load("x") == nil)
        #expect(store.kept.load(session.id)?.texts == ["a": "1"])
    }

    @Test func `a removed id isn't removed from the store again`() async throws {
        let session = try session()
        try await session.save(always: false)
        try session.renew()
        try await session.save(always: false)
        store.failsToRemove.withLock { $0 = true }
        try await session.save()
        #expect(store.kept.load(session.id)?.texts == ["a": "1"])
    }

    @Test func `a session that ends while another request saves it is removed from the store`() async throws {
        let session = try session()
        let other = Session(session.core)
        store.whileSaving.withLock { $0 = { session.destroy() } }
        try await other.save(always: false)
        #expect(store.kept.count == 0)
        // The session isn't marked as saved, and a further save writes nothing.
        #expect(!other.isSaved)
        try await session.save(always: false)
        #expect(store.kept.count == 0)
    }
}
