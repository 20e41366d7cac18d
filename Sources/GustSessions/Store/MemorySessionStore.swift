package import GustHTTP
import Synchronization

/// Stores a limited number of sessions in the memory of this process.
///
/// When the store is full, sessions are removed in this order: expired sessions, sessions that were never renewed, then
/// sessions that were renewed, as happens when a visitor signs in. Within each kind, sessions of the network with
/// the most sessions are removed first, the least recently used ones before others. So a client that makes very many sessions
/// loses its own sessions, and doesn't displace visitors who have signed in.
///
/// A network is the IPv4 address, or the first 64 bits of the IPv6 address, of the request that made the session. Behind a
/// proxy the middleware `TrustedProxies` is needed to distinguish visitors. Without the middleware ``Sessions``, all sessions
/// count as one network.
///
/// Expired sessions are removed when the store is full or when they are loaded, so no timer runs. A store may be shared by
/// endpoints and middleware, on any thread; a lock guards its dictionary.
public final class MemorySessionStore: ImmediateSessionStore {
    private struct Entry {
        var record: SessionRecord
        var claim: SessionClaim
        /// The number of the last use, which is greater for later uses.
        var lastUse: UInt64
    }

    private struct State {
        var entries: [ByteText: Entry] = [:]
        var uses: UInt64 = 0

        mutating func nextUse() -> UInt64 {
            uses += 1
            return uses
        }

        /// The number of the version that a store without expired entries would have.
        func version(of id: ByteText, now: Int) -> Int {
            guard let record = entries[id]?.record, record.expires > now else { return 0 }
            return record.version
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let now: @Sendable () -> HTTPDate

    /// Makes an empty store.
    ///
    /// - Parameter capacity: The maximum number of sessions, at least 1.
    public convenience init(capacity: Int = 10_000) { self.init(capacity: capacity) { HTTPDate.now } }

    /// Makes an empty store with a clock.
    package init(capacity: Int = 10_000, now: @escaping @Sendable () -> HTTPDate) {
        self.capacity = max(1, capacity)
        self.now = now
    }

    /// The number of stored sessions, including expired sessions that haven't been removed yet.
    package var count: Int { state.withLock { $0.entries.count } }

    /// The ids of the stored sessions, in no order.
    package var ids: [String] { state.withLock { $0.entries.keys.map(\.string) } }

    /// Returns a session; nil if the session is unknown or has expired.
    public func load(_ id: String) -> SessionRecord? {
        let id = ByteText(id)
        let now = now().seconds
        return state.withLock { state in
            guard let entry = state.entries[id] else { return nil }
            guard entry.record.expires > now else {
                state.entries[id] = nil
                return nil
            }
            let use = state.nextUse()
            state.entries[id]?.lastUse = use
            return entry.record
        }
    }

    /// Stores a session, if the stored version of it is that of `record`.
    ///
    /// - Returns: Whether the record was stored.
    @discardableResult public func save(_ record: SessionRecord, for id: String) -> Bool {
        save(record, for: id, SessionClaim())
    }

    /// Stores a session with its network and whether it was renewed.
    @discardableResult package func save(_ record: SessionRecord, for id: String, _ claim: SessionClaim) -> Bool {
        let id = ByteText(id)
        let now = now().seconds
        return state.withLock { state in
            guard state.version(of: id, now: now) == record.version else { return false }
            var entry = Entry(record: record, claim: claim, lastUse: state.nextUse())
            entry.record.version += 1
            if let old = state.entries[id] {
                // The claim of a session that was loaded from the store lacks the origin and the renewal of the first save.
                entry.claim.isRenewed = old.claim.isRenewed || claim.isRenewed
                entry.claim.origin = old.claim.origin ?? claim.origin
            }
            state.entries[id] = entry
            makeRoom(in: &state, now: now)
            return true
        }
    }

    private func makeRoom(in state: inout State, now: Int) {
        guard state.entries.count > capacity else { return }
        state.entries = state.entries.filter { $0.value.record.expires > now }
        // A tenth of the capacity is removed in addition, so that a full store isn't sorted for each new session.
        let excess = state.entries.count - capacity
        guard excess > 0 else { return }
        for id in Self.victims(among: state.entries, count: excess + capacity / 10) { state.entries[id] = nil }
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
        state.withLock { $0.entries[ByteText(id)] = nil }
    }

    /// Removes all sessions of a user, except the session with the id `kept`.
    ///
    /// The time that this takes grows with the number of all sessions.
    /// - Returns: The ids of the removed sessions.
    public func removeAll(of user: String, except kept: String?) -> [String] {
        let user = ByteText(user)
        let kept = kept.map { ByteText($0) }
        return state.withLock { state in
            let ids = state.entries.filter { $0.key != kept && $0.value.record.identity?.user == user }.map(\.key)
            for id in ids { state.entries[id] = nil }
            return ids.map(\.string)
        }
    }
}
