import GustHTTP
import GustSessions
import Testing

/// Which sessions a full store keeps.
@Suite struct MemorySessionStoreTests {
    private let clock = TestClock()

    /// A record that expires after a minute.
    private func record(_ texts: [ByteText: String] = [:]) -> SessionRecord {
        SessionRecord(texts, expires: clock.now.seconds + 60)
    }

    /// A store with sessions whose ids are their numbers, saved a second apart.
    private func store(capacity: Int, sessions: Int) -> MemorySessionStore {
        let store = MemorySessionStore(capacity: capacity) { [clock] in clock.now }
        for number in 0..<sessions {
            store.save(record(["n": "\(number)"]), for: "\(number)")
            clock.advance(by: 1)
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
        // Sessions 0 to 10 were saved at least a minute ago then.
        clock.advance(by: 50)
        store.save(record(), for: "new")
        #expect(store.count == 10)
        #expect(store.load("10") == nil)
        #expect(["11", "19", "new"].allSatisfy { store.load($0) != nil })
    }

    @Test func `saving an existing session removes no other session`() {
        let store = store(capacity: 3, sessions: 3)
        var again = record(["n": "again"])
        again.version = 1
        #expect(store.save(again, for: "0"))
        #expect(store.count == 3)
        #expect(store.load("0")?.texts == ["n": "again"])
        #expect(store.load("0")?.version == 2)
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
        let store = MemorySessionStore(capacity: 100) { [clock] in clock.now }
        for number in 0..<40 {
            store.save([:], for: "honest \(number)", SessionClaim(origin: [UInt8(number)]))
        }
        for number in 0..<11_000 {
            store.save([:], for: "\(number)", SessionClaim(origin: [200]))
        }
        #expect((0..<40).allSatisfy { store.load("honest \($0)") != nil })
        #expect(store.count <= 100)
    }

    @Test func `very many sessions from all networks don't displace renewed sessions`() {
        let store = MemorySessionStore(capacity: 100) { [clock] in clock.now }
        for number in 0..<40 { store.save([:], for: "honest \(number)", SessionClaim(origin: [1], isRenewed: true)) }
        for number in 0..<11_000 {
            store.save([:], for: "\(number)", SessionClaim(origin: [UInt8(number % 251)]))
        }
        // A session that is saved again without a renewal stays renewed.
        var again = record(["a": "1"])
        again.version = 1
        store.save(again, for: "honest 0", SessionClaim(origin: [2]))
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

    @Test func `a record replaces only the version that it was made from`() throws {
        let store = MemorySessionStore { [clock] in clock.now }
        #expect(store.save(record(["a": "1"]), for: "x"))
        #expect(!store.save(record(["a": "2"]), for: "x"))
        var next = try #require(store.load("x"))
        #expect(next.version == 1)
        next.texts["a"] = "3"
        #expect(store.save(next, for: "x"))
        #expect(!store.save(next, for: "x"))
        #expect(store.load("x")?.texts == ["a": "3"])
        // A session that was removed doesn't come back.
        store.remove("x")
        #expect(!store.save(next, for: "x"))
    }

    @Test func `an expired session has version 0 and is removed when it is loaded`() {
        let store = MemorySessionStore { [clock] in clock.now }
        store.save(record(), for: "x")
        store.save(record(), for: "y")
        clock.advance(by: 59)
        #expect(store.load("x") != nil)
        clock.advance(by: 1)
        #expect(store.load("x") == nil)
        #expect(store.count == 1)
        #expect(store.save(record(), for: "y"))
    }

    @Test func `all sessions of a user are removed except one`() {
        let store = MemorySessionStore { [clock] in clock.now }
        for (id, user) in [("1", "ada"), ("2", "ada"), ("3", "ada"), ("4", "bob")] {
            var record = record()
            record.identity = SessionIdentity(user: ByteText(user), roles: [])
            store.save(record, for: id)
        }
        store.save(record(), for: "5")
        #expect(store.removeAll(of: "ada", except: "2").sorted() == ["1", "3"])
        #expect(["2", "4", "5"].allSatisfy { store.load($0) != nil })
        #expect(store.removeAll(of: "ada", except: nil) == ["2"])
    }
}
