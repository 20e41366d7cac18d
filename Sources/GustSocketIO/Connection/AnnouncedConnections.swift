import GustHTTP
import NIOCore
import Synchronization

/// Sessions that clients were told of over HTTP and that have no transport yet, each with its deadline.
///
/// Bounded, in all and for each address: past a bound no further session is announced, so that nobody can push the sessions of
/// others out. Asked once a handshake, never for a message.
final class AnnouncedConnections: Sendable {
    private struct Entry {
        var handshake: SocketHandshake
        var address: PeerAddress?
        var deadline: NIODeadline
    }

    private struct State {
        var entries: [ByteText: Entry] = [:]
        var byAddress: [PeerAddress: Int] = [:]
        /// In the order in which they were told, with ids that are taken by now among them.
        var order: [ByteText] = []
        var first = 0
        /// Whether a loop was asked to come back for those whose time is over.
        var isSweepDue = false

        mutating func remove(_ sid: ByteText) -> Entry? {
            guard let entry = entries.removeValue(forKey: sid) else { return nil }
            if let address = entry.address {
                let count = byAddress[address, default: 1] - 1
                byAddress[address] = count > 0 ? count : nil
            }
            return entry
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let capacityPerAddress: Int

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - capacity: how many sessions may wait.
    ///   - capacityPerAddress: how many sessions of one address may wait; a client without an address only counts among all.
    init(capacity: Int, capacityPerAddress: Int) {
        self.capacity = capacity
        self.capacityPerAddress = capacityPerAddress
    }

    /// How many wait.
    var count: Int { state.withLock { $0.entries.count } }

    /// Remembers a session until `deadline`; at its end a loop forgets it, even if nobody comes any more.
    ///
    /// - Returns: whether there was room for it.
    func insert(
        _ handshake: SocketHandshake,
        _ sid: String,
        on eventLoop: any EventLoop,
        until deadline: NIODeadline
    ) -> Bool {
        let address = PeerAddress(handshake.peer)
        let sid = ByteText(sid)
        let (hasRoom, isFirst) = state.withLock { state in
            forgetOver(&state, at: eventLoop.now)
            guard state.entries.count < capacity,
                address.map({ state.byAddress[$0, default: 0] < capacityPerAddress }) ?? true
            else { return (false, false) }
            state.entries[sid] = Entry(handshake: handshake, address: address, deadline: deadline)
            if let address { state.byAddress[address, default: 0] += 1 }
            state.order.append(sid)
            defer { state.isSweepDue = true }
            return (true, !state.isSweepDue)
        }
        if isFirst { scheduleSweep(on: eventLoop, at: deadline) }
        return hasRoom
    }

    /// Forgets those whose time is over; those in front are the oldest.
    private func forgetOver(_ state: inout State, at now: NIODeadline) {
        while state.first < state.order.count {
            let oldest = state.order[state.first]
            if let entry = state.entries[oldest] {
                guard entry.deadline <= now else { break }
                _ = state.remove(oldest)
            }
            state.first += 1
        }
        if state.first == state.order.count || state.first > 1_024 && state.first * 2 > state.order.count {
            state.order.removeFirst(state.first)
            state.first = 0
        }
    }

    private func scheduleSweep(on eventLoop: any EventLoop, at deadline: NIODeadline) {
        eventLoop.scheduleTask(deadline: deadline) { [weak self] in self?.sweep(on: eventLoop) }
    }

    private func sweep(on eventLoop: any EventLoop) {
        let next = state.withLock { state -> NIODeadline? in
            forgetOver(&state, at: eventLoop.now)
            let next = state.first < state.order.count ? state.entries[state.order[state.first]]?.deadline : nil
            state.isSweepDue = next != nil
            return next
        }
        if let next { scheduleSweep(on: eventLoop, at: next) }
    }

    /// Whether a client was told this sid and hasn't opened its transport.
    func contains(_ sid: String) -> Bool { state.withLock { $0.entries[ByteText(sid)] != nil } }

    /// Takes a session out for the transport that came for it; nil if there is none, or its time is over.
    func take(_ sid: String, at now: NIODeadline) -> SocketHandshake? {
        guard let entry = state.withLock({ $0.remove(ByteText(sid)) }) else { return nil }
        return now < entry.deadline ? entry.handshake : nil
    }

    /// Forgets all.
    func removeAll() {
        // A loop that comes back finds nothing, or what came since and is over.
        state.withLock { $0 = State() }
    }
}
