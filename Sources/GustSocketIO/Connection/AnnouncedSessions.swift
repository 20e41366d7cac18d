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
        var entries: [String: Entry] = [:]
        /// In the order in which they were told, with ids that are taken by now among them.
        var order: [String] = []
        var first = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many wait.
    var count: Int { state.withLock { $0.entries.count } }

    /// Remembers a session until `deadline`.
    func insert(_ handshake: SocketHandshake, _ sid: String, at now: NIODeadline, until deadline: NIODeadline) {
        state.withLock { state in
            state.entries[sid] = Entry(handshake: handshake, deadline: deadline)
            state.order.append(sid)
            // Those in front are the oldest: what is over, or too much, is forgotten from there.
            while state.first < state.order.count {
                let oldest = state.order[state.first]
                if let entry = state.entries[oldest] {
                    guard entry.deadline < now || state.entries.count > capacity else { break }
                    state.entries[oldest] = nil
                }
                state.first += 1
            }
            if state.first > 1_024, state.first * 2 > state.order.count {
                state.order.removeFirst(state.first)
                state.first = 0
            }
        }
    }

    /// Takes a session out for the transport that came for it; nil if there is none, or its time is over.
    func take(_ sid: String, at now: NIODeadline) -> SocketHandshake? {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: sid) }) else { return nil }
        return now < entry.deadline ? entry.handshake : nil
    }

    /// Forgets all.
    func removeAll() {
        state.withLock { $0 = State() }
    }
}
