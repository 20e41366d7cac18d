import GustHTTP
import Synchronization

/// The answers of the other nodes to one request: which nodes have answered in full, and when the request is over.
final class NodeAnswers: Sendable {
    /// How a request has ended.
    struct Outcome: Sendable {
        /// The names of the nodes that haven't answered; ``unknownNode`` stands for each whose name isn't known.
        var silentNodes: [String] = []
        /// How many answers are missing that nodes had announced.
        var missingCount = 0
    }

    /// Stands for a node that hasn't answered and whose name isn't known.
    static let unknownNode = "unknown"

    private struct State {
        /// The nodes that must answer; nil until the channel has counted them.
        var expected: OtherNodes?
        /// The nodes that have said how many answers they send.
        var announcers: Set<ByteText> = []
        var announcementCount = 0
        /// How many answers were announced, and how many have come.
        var announced = 0
        var received = 0
        var isLocalDone: Bool
        var finished: (@Sendable (Outcome) -> Void)?
    }

    private let state: Mutex<State>

    /// Calls `finished` once, when all nodes have answered or at ``giveUp()``.
    ///
    /// - Parameters:
    ///   - isLocalDone: whether nothing is awaited from this node; otherwise ``localDone()`` must be called.
    ///   - finished: is called with the outcome.
    init(isLocalDone: Bool, finished: @escaping @Sendable (Outcome) -> Void) {
        state = Mutex(State(isLocalDone: isLocalDone, finished: finished))
    }

    /// Sets the nodes that must answer.
    func expect(_ nodes: OtherNodes) { change { $0.expected = nodes } }

    /// Counts one answer.
    func received() { change { $0.received += 1 } }

    /// Adds the number of answers that a node sends altogether; a second announcement of a node is ignored.
    ///
    /// - Parameters:
    ///   - count: how many answers the node sends.
    ///   - node: the name of the node; nil if its format doesn't say.
    func announced(_ count: Int, by node: String?) {
        change { state in
            if let node, !state.announcers.insert(ByteText(node)).inserted { return }
            state.announcementCount += 1
            // A hostile message can't make the sum overflow.
            state.announced += min(max(0, count), 1 << 32)
        }
    }

    /// Records that this node has answered.
    func localDone() { change { $0.isLocalDone = true } }

    /// Ends the request, because its time is over.
    func giveUp() {
        let (finished, outcome) = state.withLock { state in
            defer { state.finished = nil }
            return (state.finished, Self.outcome(of: state))
        }
        finished?(outcome)
    }

    /// Ends the request, because no further answer is needed: the nodes that haven't answered yet aren't silent.
    func settle() {
        let finished = state.withLock { state in
            defer { state.finished = nil }
            return state.finished
        }
        finished?(Outcome())
    }

    private static func outcome(of state: State) -> Outcome {
        let expected = state.expected ?? OtherNodes(names: [], count: 0)
        let missing = max(0, expected.count - state.announcementCount)
        let known = expected.names.filter { !state.announcers.contains(ByteText($0)) }.prefix(missing)
        return Outcome(
            silentNodes: known + Array(repeating: unknownNode, count: missing - known.count),
            missingCount: max(0, state.announced - state.received)
        )
    }

    private func change(_ body: (inout State) -> Void) {
        let finished = state.withLock { state -> (@Sendable (Outcome) -> Void)? in
            body(&state)
            guard state.isLocalDone, let expected = state.expected, state.announcementCount >= expected.count,
                state.received >= state.announced
            else { return nil }
            defer { state.finished = nil }
            return state.finished
        }
        finished?(Outcome())
    }
}
