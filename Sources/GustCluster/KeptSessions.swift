import GustAdapter
import GustHTTP
import NIOCore
import Synchronization

/// The sessions of clients whose node has shut down, with the packets that they miss meanwhile.
final class KeptSessions: Sendable {
    private struct Entry {
        let session: SocketSession
        let rooms: Set<ByteText>
        /// The offsets of the packets in `session`, which may still be on their way to this node.
        let known: Set<ByteText>
        /// The packets since then, and how many bytes they have.
        var recorded: [SocketSession.MissedPacket] = []
        var byteCount = 0
        /// Removes the session when its time is over.
        let expiry: Task<Void, Never>

        init(_ session: SocketSession, expiry: Task<Void, Never>) {
            self.session = session
            self.expiry = expiry
            rooms = session.roomKeys
            known = Set((session.received + session.missed.map(\.offset)).map { ByteText($0) })
        }
    }

    private let entries = Mutex<[ByteText: Entry]>([:])
    /// The number of sessions, so that a broadcast takes no lock if there are none.
    private let count = Atomic<Int>(0)
    private let limits: SessionLimits?
    private let clock: any Clock<Duration>

    /// Makes an empty collection.
    ///
    /// - Parameters:
    ///   - limits: the bounds; nil keeps nothing.
    ///   - clock: the clock by which sessions expire.
    init(_ limits: SessionLimits?, clock: any Clock<Duration>) {
        self.limits = limits
        self.clock = clock
    }

    /// Keeps a session until its time is over; does nothing if there are too many sessions, or too many packets in this one.
    func insert(_ session: SocketSession) {
        guard let limits, session.missed.count <= limits.maximumPackets else { return }
        let key = ByteText(session.pid)
        let expiry = Task { [weak self, clock] in
            // The task is cancelled when the session is taken.
            guard (try? await clock.sleep(for: limits.duration)) != nil else { return }
            _ = self?.take(session.pid)
        }
        let unused = entries.withLock { entries -> Task<Void, Never>? in
            guard entries[key] != nil || entries.count < limits.maximumSessions else { return expiry }
            let earlier = entries[key]?.expiry
            entries[key] = Entry(session, expiry: expiry)
            count.store(entries.count, ordering: .releasing)
            return earlier
        }
        unused?.cancel()
    }

    /// Adds a broadcast to the sessions of the selected sockets; a session that has too many packets then is removed.
    func record(_ packet: NamespacePacket, to selection: SocketSelection, offset: String?) {
        guard count.load(ordering: .acquiring) > 0, let offset, let limits, !selection.isVolatile else { return }
        let missed = SocketSession.MissedPacket(offset: offset, packet.detached)
        let (key, weight) = (ByteText(offset), packet.weight)
        let removed = entries.withLock { entries in
            var full: [ByteText] = []
            for index in entries.values.indices where selection.selects(entries.values[index].rooms) {
                guard !entries.values[index].known.contains(key) else { continue }
                entries.values[index].recorded.append(missed)
                entries.values[index].byteCount += weight
                guard
                    entries.values[index].recorded.count > limits.maximumPackets
                        || entries.values[index].byteCount > limits.maximumBytes
                else { continue }
                full.append(entries.keys[index])
            }
            defer { count.store(entries.count, ordering: .releasing) }
            return full.compactMap { entries.removeValue(forKey: $0) }
        }
        for entry in removed { entry.expiry.cancel() }
    }

    /// Removes and returns a session, with the packets that were recorded for it.
    func take(_ pid: String) -> SocketSession? {
        let entry = entries.withLock { entries in
            defer { count.store(entries.count, ordering: .releasing) }
            return entries.removeValue(forKey: ByteText(pid))
        }
        guard let entry else { return nil }
        entry.expiry.cancel()
        return entry.session.appending(entry.recorded)
    }

    /// The number of sessions.
    var sessionCount: Int { count.load(ordering: .acquiring) }

    /// Removes all sessions.
    func removeAll() {
        let removed = entries.withLock { entries in
            defer { entries = [:] }
            count.store(0, ordering: .releasing)
            return entries
        }
        for entry in removed.values { entry.expiry.cancel() }
    }
}
