import Synchronization

/// Keeps sessions in this process, bounded in number, each for a time after it was last used.
///
/// Past the bound first those go whose time is over, then those that were never renewed, and only then those that were, as they
/// are when somebody logs in; among each those of the network that has most of them, the least recently used ones first.
/// So a stranger who makes sessions without end loses his own, and pushes out no visitor who has logged in.
/// A network is an IPv4 address or the first 64 bits of an IPv6 address, of the request that made the session; behind a proxy
/// it takes the middleware `TrustedProxies` to tell visitors apart. Without the middleware `Sessions` all are of one network.
///
/// Sessions whose time is over are swept when others are saved, so no timer runs. May be shared by endpoints and middleware; a lock guards it, for the time of a dictionary's look-up.
public final class MemorySessionStore: ImmediateSessionStore {
    private struct Entry {
        var values: [ByteText: String]
        var claim: SessionClaim
        var lastUse: ContinuousClock.Instant
    }

    private let entries = Mutex<[ByteText: Entry]>([:])
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
    public func load(_ id: String) -> [ByteText: String]? {
        let id = ByteText(id)
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
    public func save(_ values: [ByteText: String], for id: String) { save(values, for: id, SessionClaim()) }

    /// The same for a session of which more is known.
    package func save(_ values: [ByteText: String], for id: String, _ claim: SessionClaim) {
        let id = ByteText(id)
        let now = now()
        entries.withLock { entries in
            var entry = Entry(values: values, claim: claim, lastUse: now)
            if let old = entries[id] {
                // Whoever loads a session doesn't know its past.
                entry.claim.isRenewed = old.claim.isRenewed || claim.isRenewed
                entry.claim.origin = old.claim.origin ?? claim.origin
            }
            entries[id] = entry
            guard entries.count > capacity else { return }
            entries = entries.filter { now - $0.value.lastUse < lifetime }
            // A tenth more than needed, so that a full store isn't searched for each new session.
            let excess = entries.count - capacity
            guard excess > 0 else { return }
            for id in Self.victims(among: entries, count: excess + capacity / 10) { entries[id] = nil }
        }
    }

    /// The sessions that go first.
    private static func victims(among entries: [ByteText: Entry], count: Int) -> [ByteText] {
        // How many sessions of the same kind and network were used later: the highest number has who has most of them.
        var later: [ByteText: Int] = [:]
        var seen: [[UInt8]?: (plain: Int, renewed: Int)] = [:]
        for (id, entry) in entries.sorted(by: { $0.value.lastUse > $1.value.lastUse }) {
            var counts = seen[entry.claim.origin, default: (0, 0)]
            if entry.claim.isRenewed {
                later[id] = counts.renewed
                counts.renewed += 1
            } else {
                later[id] = counts.plain
                counts.plain += 1
            }
            seen[entry.claim.origin] = counts
        }
        let order = entries.sorted { left, right in
            if left.value.claim.isRenewed != right.value.claim.isRenewed { return right.value.claim.isRenewed }
            let (leftRank, rightRank) = (later[left.key] ?? 0, later[right.key] ?? 0)
            return leftRank != rightRank ? leftRank > rightRank : left.value.lastUse < right.value.lastUse
        }
        return order.prefix(count).map(\.key)
    }

    /// Forgets a session.
    public func remove(_ id: String) {
        entries.withLock { $0[ByteText(id)] = nil }
    }
}
