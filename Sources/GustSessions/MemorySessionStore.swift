import GustHTTP
import Synchronization

/// Stores a limited number of sessions in the memory of this process, each for a time after its last use.
///
/// When the store is full, sessions are removed in this order: expired sessions, sessions that were never renewed, then
/// sessions that were renewed, as an application does when a visitor logs in. Within each kind, sessions of the network with
/// the most sessions are removed first, the least recently used ones before others. So a client that makes very many sessions
/// loses its own sessions, and doesn't displace visitors who have logged in.
///
/// A network is the IPv4 address, or the first 64 bits of the IPv6 address, of the request that made the session. Behind a
/// proxy the middleware `TrustedProxies` is needed to distinguish visitors. Without the middleware `Sessions`, all sessions
/// count as one network.
///
/// Expired sessions are removed when the store is full or when they are loaded, so no timer runs. A store may be shared by
/// endpoints and middleware, on any thread; a lock guards its dictionary.
public final class MemorySessionStore: ImmediateSessionStore {
    private struct Entry {
        var values: SessionValues
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
    ///   - capacity: The maximum number of sessions, at least 1.
    ///   - lifetime: How long a session is kept after its last use.
    ///   - now: The clock.
    public init(
        capacity: Int = 10_000,
        lifetime: Duration = .seconds(1_800),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.capacity = max(1, capacity)
        self.lifetime = lifetime
        self.now = now
    }

    /// The number of stored sessions, including expired sessions that haven't been removed yet.
    package var count: Int { entries.withLock { $0.count } }

    /// Returns the values of a session and restarts its lifetime; nil if the session is unknown or has expired.
    public func load(_ id: String) -> SessionValues? {
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

    /// Stores the values of a session and restarts its lifetime.
    public func save(_ values: SessionValues, for id: String) { save(values, for: id, SessionClaim()) }

    /// Stores the values of a session with its network and whether it was renewed, and restarts its lifetime.
    package func save(_ values: SessionValues, for id: String, _ claim: SessionClaim) {
        let id = ByteText(id)
        let now = now()
        entries.withLock { entries in
            var entry = Entry(values: values, claim: claim, lastUse: now)
            if let old = entries[id] {
                // The claim of a session that was loaded from the store lacks the origin and the renewal of the first save.
                entry.claim.isRenewed = old.claim.isRenewed || claim.isRenewed
                entry.claim.origin = old.claim.origin ?? claim.origin
            }
            entries[id] = entry
            guard entries.count > capacity else { return }
            entries = entries.filter { now - $0.value.lastUse < lifetime }
            // A tenth of the capacity is removed in addition, so that a full store isn't sorted for each new session.
            let excess = entries.count - capacity
            guard excess > 0 else { return }
            for id in Self.victims(among: entries, count: excess + capacity / 10) { entries[id] = nil }
        }
    }

    /// The ids of the `count` sessions to remove first.
    private static func victims(among entries: [ByteText: Entry], count: Int) -> [ByteText] {
        // For each session, the number of sessions of the same kind and network that were used later. The least recently
        // used session of the network with the most sessions has the highest number.
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

    /// Removes a session.
    public func remove(_ id: String) {
        entries.withLock { $0[ByteText(id)] = nil }
    }
}
