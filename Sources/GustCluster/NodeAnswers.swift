import GustHTTP
import Synchronization

/// The answers of the other nodes to one request: which nodes have answered in full, and when the request is over.
final class NodeAnswers: Sendable {
    private struct State {
        /// The nodes that must answer; nil until the bus has named them.
        var expected: [String]?
        /// The number of answers by node, and how many it has announced.
        var counts: [ByteText: (received: Int, announced: Int?)] = [:]
        var isLocalDone: Bool
        var finished: (@Sendable (_ silentNodes: [String]) -> Void)?
    }

    private let state: Mutex<State>

    /// Calls `finished` once, when all nodes have answered or at ``giveUp()``.
    ///
    /// - Parameters:
    ///   - isLocalDone: whether nothing is awaited from this node; otherwise ``localDone()`` must be called.
    ///   - finished: is called with the names of the nodes that haven't answered in full.
    init(isLocalDone: Bool, finished: @escaping @Sendable (_ silentNodes: [String]) -> Void) {
        state = Mutex(State(isLocalDone: isLocalDone, finished: finished))
    }

    /// Sets the nodes that must answer.
    func expect(_ nodes: [String]) { change { $0.expected = nodes } }

    /// Counts one answer of a node.
    func received(from node: String) { change { $0.counts[ByteText(node), default: (0, nil)].received += 1 } }

    /// Sets how many answers a node sends.
    func announced(_ count: Int, by node: String) {
        change { $0.counts[ByteText(node), default: (0, nil)].announced = count }
    }

    /// Records that this node has answered.
    func localDone() { change { $0.isLocalDone = true } }

    /// Ends the request, because its time is over.
    func giveUp() {
        let (finished, silent) = state.withLock { state in
            defer { state.finished = nil }
            return (state.finished, Self.silentNodes(of: state))
        }
        finished?(silent)
    }

    private static func silentNodes(of state: State) -> [String] {
        (state.expected ?? []).filter { node in
            guard let (received, announced) = state.counts[ByteText(node)], let announced else { return true }
            return received < announced
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let finished = state.withLock { state -> (@Sendable ([String]) -> Void)? in
            body(&state)
            guard state.isLocalDone, state.expected != nil, Self.silentNodes(of: state).isEmpty else { return nil }
            defer { state.finished = nil }
            return state.finished
        }
        finished?([])
    }
}
