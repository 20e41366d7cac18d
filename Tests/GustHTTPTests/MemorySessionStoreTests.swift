import GustHTTP
import GustSessions
import Synchronization
import Testing

/// Which sessions a full store keeps.
@Suite struct MemorySessionStoreTests {
    /// A clock that only tests advance.
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(by time: Duration) { instant.withLock { $0 += time } }
    }

    private let clock = Clock()

    /// A store with sessions whose ids are their numbers, saved a second apart.
    private func store(capacity: Int, sessions: Int) -> MemorySessionStore {
        let store = MemorySessionStore(capacity: capacity, lifetime: .seconds(60)) { [clock] in clock.now }
        for number in 0..<sessions {
            store.save(["n": "\(number)"], for: "\(number)")
            clock.advance(by: .seconds(1))
        }
        return store
    }

    @Test func `a full store removes a tenth of its sessions at once, the least recently used first`() {
        let store = store(capacity: 20, sessions: 20)
        #expect(store.count == 20)
        store.save([:], for: "new")
        // The excess session and a tenth of the capacity were removed.
        #expect(store.count == 18)
        #expect(["0", "1", "2"].allSatisfy { store.load($0) == nil })
        #expect(["3", "19", "new"].allSatisfy { store.load($0) != nil })
    }

    @Test func `a full store removes only expired sessions if there are any`() {
        let store = store(capacity: 20, sessions: 20)
        _ = store.load("0")
        // Sessions 1 to 10 were last used at least a minute ago then.
        clock.advance(by: .seconds(50))
        store.save([:], for: "new")
        #expect(store.count == 11)
        #expect(store.load("10") == nil)
        #expect(["0", "11", "new"].allSatisfy { store.load($0) != nil })
    }

    @Test func `saving an existing session removes no other session`() {
        let store = store(capacity: 3, sessions: 3)
        store.save(["n": "again"], for: "0")
        #expect(store.count == 3)
        #expect(store.load("0") == ["n": "again"])
    }

    @Test(arguments: [1, 0, -5])
    func `a store keeps at least one session, the newest`(capacity: Int) {
        let store = store(capacity: capacity, sessions: 3)
        #expect(store.count == 1)
        #expect(store.load("2") != nil)
    }

    @Test func `a session can be removed, and removing it again does nothing`() {
        let store = store(capacity: 3, sessions: 2)
        for _ in 1...2 { store.remove("0") }
        #expect(store.load("0") == nil)
        #expect(store.count == 1)
    }

    @Test func `very many sessions from one network don't displace sessions of other networks`() {
        let store = MemorySessionStore(capacity: 100, lifetime: .seconds(60)) { [clock] in clock.now }
        for number in 0..<40 {
            store.save([:], for: "honest \(number)", SessionClaim(origin: [UInt8(number)]))
            clock.advance(by: .milliseconds(1))
        }
        for number in 0..<11_000 {
            store.save([:], for: "\(number)", SessionClaim(origin: [200]))
            clock.advance(by: .microseconds(100))
        }
        #expect((0..<40).allSatisfy { store.load("honest \($0)") != nil })
        #expect(store.count <= 100)
    }

    @Test func `very many sessions from all networks don't displace renewed sessions`() {
        let store = MemorySessionStore(capacity: 100, lifetime: .seconds(60)) { [clock] in clock.now }
        for number in 0..<40 { store.save([:], for: "honest \(number)", SessionClaim(origin: [1], isRenewed: true)) }
        for number in 0..<11_000 {
            store.save([:], for: "\(number)", SessionClaim(origin: [UInt8(number % 251)]))
            clock.advance(by: .microseconds(100))
        }
        // A session that is saved again without a renewal stays renewed.
        store.save(["a": "1"], for: "honest 0", SessionClaim(origin: [2]))
        for number in 0..<1_000 { store.save([:], for: "more \(number)", SessionClaim(origin: [UInt8(number % 251)])) }
        #expect((0..<40).allSatisfy { store.load("honest \($0)") != nil })
        #expect(store.count <= 100)
    }

    @Test func `ids and keys are compared by bytes`() {
        let store = MemorySessionStore()
        store.save(["\u{E9}": "1", "e\u{301}": "2"], for: "\u{E9}")
        #expect(store.load("e\u{301}") == nil)
        #expect(store.load("\u{E9}")?.texts.count == 2)
    }
}
