import NIOCore
import Synchronization

/// Sessions that clients were told of over HTTP and that have no transport yet, each with its deadline.
///
/// Bounded: past the bound the oldest is forgotten. Asked once a handshake, never for a message.
final class AnnouncedSessions: Sendable {
    private struct Entry {
        var handshake: SocketHandshake
        var deadline: NIODeadline
    }

    private struct State {
        var entries: [ByteKey: Entry] = [:]
        /// In the order in which they were told, with ids that are taken by now among them.
        var order: [ByteKey] = []
        var first = 0
        /// Whether a loop was asked to come back for those whose time is over.
        var isSweepDue = false
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many wait.
    var count: Int { state.withLock { $0.entries.count } }

    /// Remembers a session until `deadline`.
    ///
    /// What is over by then is forgotten by that loop, even if nobody comes any more.
    func insert(_ handshake: SocketHandshake, _ sid: String, on eventLoop: any EventLoop, until deadline: NIODeadline) {
        let isFirst = state.withLock { state in
            let sid = ByteKey(sid)
            state.entries[sid] = Entry(handshake: handshake, deadline: deadline)
            state.order.append(sid)
            forgetOldest(&state, at: eventLoop.now)
            defer { state.isSweepDue = true }
            return !state.isSweepDue
        }
        if isFirst { scheduleSweep(on: eventLoop, at: deadline) }
    }

    /// Those in front are the oldest: what is over, or too much, is forgotten from there.
    private func forgetOldest(_ state: inout State, at now: NIODeadline) {
        while state.first < state.order.count {
            let oldest = state.order[state.first]
            if let entry = state.entries[oldest] {
                guard entry.deadline <= now || state.entries.count > capacity else { break }
                state.entries[oldest] = nil
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
            forgetOldest(&state, at: eventLoop.now)
            let next = state.first < state.order.count ? state.entries[state.order[state.first]]?.deadline : nil
            state.isSweepDue = next != nil
            return next
        }
        if let next { scheduleSweep(on: eventLoop, at: next) }
    }

    /// Takes a session out for the transport that came for it; nil if there is none, or its time is over.
    func take(_ sid: String, at now: NIODeadline) -> SocketHandshake? {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: ByteKey(sid)) }) else { return nil }
        return now < entry.deadline ? entry.handshake : nil
    }

    /// Forgets all.
    func removeAll() {
        // A loop that comes back finds nothing, or what came since and is over.
        state.withLock { $0 = State() }
    }
}
