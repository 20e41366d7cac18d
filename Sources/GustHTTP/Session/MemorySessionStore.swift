import Synchronization

/// Keeps sessions in this process, bounded in number, each for a time after it was last used.
///
/// Past the bound the one that was used least recently goes. Sessions whose time is over are swept when others are saved, so
/// no timer runs. May be shared by endpoints and middleware; a lock guards it, for the time of a dictionary's look-up.
public final class MemorySessionStore: ImmediateSessionStore {
    private struct Entry {
        var values: [String: String]
        var lastUse: ContinuousClock.Instant
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let capacity: Int
    private let lifetime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - capacity: how many sessions are kept at most.
    ///   - lifetime: how long one is kept after its last use.
    ///   - now: the clock.
    public init(
        capacity: Int = 10_000,
        lifetime: Duration = .seconds(1_800),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.capacity = max(1, capacity)
        self.lifetime = lifetime
        self.now = now
    }

    /// How many sessions are kept, those among them whose time is over but that weren't swept yet.
    public var count: Int { entries.withLock { $0.count } }

    /// The values of a session, whose time begins anew.
    public func load(_ id: String) -> [String: String]? {
        let now = now()
        return entries.withLock { entries in
            guard let entry = entries[id] else { return nil }
            guard now - entry.lastUse < lifetime else {
                entries[id] = nil
                return nil
            }
            entries[id]?.lastUse = now
            return entry.values
        }
    }

    /// Keeps the values of a session, whose time begins anew.
    public func save(_ values: [String: String], for id: String) {
        let now = now()
        entries.withLock { entries in
            entries[id] = Entry(values: values, lastUse: now)
            guard entries.count > capacity else { return }
            entries = entries.filter { now - $0.value.lastUse < lifetime }
            // A tenth more than needed, so that a full store isn't searched for each new session.
            let excess = entries.count - capacity
            guard excess > 0 else { return }
            let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(excess + capacity / 10)
            for (id, _) in oldest { entries[id] = nil }
        }
    }

    /// Forgets a session.
    public func remove(_ id: String) {
        entries.withLock { $0[id] = nil }
    }
}
