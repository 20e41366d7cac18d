import GustAdapter
import GustHTTP
import NIOCore
import Synchronization

/// The sessions of clients whose node has shut down, with the packets that they miss meanwhile.
final class KeptSessions: Sendable {
    private struct Entry {
        var session: SocketSession
        let rooms: Set<ByteText>
        var byteCount = 0
        /// Removes the session when its time is over.
        var expiry: Task<Void, Never>?
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

    /// Keeps a session until its time is over; does nothing if there are too many.
    func insert(_ session: SocketSession) {
        guard let limits else { return }
        let key = ByteText(session.pid)
        let expiry = Task { [weak self, clock] in
            // The task is cancelled when the session is taken.
            guard (try? await clock.sleep(for: limits.duration)) != nil else { return }
            _ = self?.take(session.pid)
        }
        let unused = entries.withLock { entries -> Task<Void, Never>? in
            guard entries[key] != nil || entries.count < limits.maximumSessions else { return expiry }
            let earlier = entries[key]?.expiry
            var entry = Entry(session: session, rooms: session.roomKeys, expiry: expiry)
            entry.byteCount = session.missed.reduce(0) { $0 + ($1.packet?.weight ?? 0) }
            Self.trim(&entry, limits)
            entries[key] = entry
            count.store(entries.count, ordering: .releasing)
            return earlier
        }
        unused?.cancel()
    }

    /// Adds a broadcast to the sessions of the selected sockets.
    func record(_ packet: NamespacePacket, to selection: SocketSelection, offset: String?) {
        guard count.load(ordering: .acquiring) > 0, let offset, let limits, !selection.isVolatile else { return }
        let missed = SocketSession.MissedPacket(offset: offset, packet.detached)
        entries.withLock { entries in
            for key in Array(entries.keys) {
                guard var entry = entries[key], selection.selects(entry.rooms) else { continue }
                // The packets must not be copied.
                entries[key] = nil
                if entry.session.append(missed) { entry.byteCount += packet.weight }
                Self.trim(&entry, limits)
                entries[key] = entry
            }
        }
    }

    /// Removes and returns a session.
    func take(_ pid: String) -> SocketSession? {
        let entry = entries.withLock { entries in
            defer { count.store(entries.count, ordering: .releasing) }
            return entries.removeValue(forKey: ByteText(pid))
        }
        entry?.expiry?.cancel()
        return entry?.session
    }

    /// Removes all sessions.
    func removeAll() {
        let removed = entries.withLock { entries in
            defer { entries = [:] }
            count.store(0, ordering: .releasing)
            return entries
        }
        for entry in removed.values { entry.expiry?.cancel() }
    }

    /// Removes the oldest packets of a session while its bounds are exceeded.
    private static func trim(_ entry: inout Entry, _ limits: SessionLimits) {
        while entry.session.missed.count > limits.maximumPackets || entry.byteCount > limits.maximumBytes,
            !entry.session.missed.isEmpty
        {
            entry.byteCount -= entry.session.removeFirst().packet?.weight ?? 0
        }
    }
}
