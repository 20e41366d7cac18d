import GustHTTP
import Synchronization

/// The names of the links whose first request was received lately, so that a recorded request can't be sent again.
///
/// Bounded: if there are more new links within the tolerated difference of clocks than fit, further links are refused.
final class SeenLinks: Sendable {
    private struct State {
        var links: Set<ByteText> = []
        var order: [(link: ByteText, until: Int)] = []
        var first = 0
    }

    static let capacity = 200_000
    private let state = Mutex(State())

    /// Records a link until the time `until`; false if it is known, or if there is no room.
    func insert(_ link: String, until: Int, now: Int) -> Bool {
        let link = ByteText(link)
        return state.withLock { state in
            while state.first < state.order.count, state.order[state.first].until < now {
                state.links.remove(state.order[state.first].link)
                state.first += 1
            }
            if state.first > 1_024, state.first * 2 > state.order.count {
                state.order.removeFirst(state.first)
                state.first = 0
            }
            guard state.links.count < Self.capacity, state.links.insert(link).inserted else { return false }
            state.order.append((link, until))
            return true
        }
    }
}
