import GustHTTP
import Synchronization

/// The names of the nodes that haven't answered a request in any of its namespaces, each once.
final class SilentNodes: Sendable {
    private let state = Mutex<[String]>([])

    var names: [String] { state.withLock { $0 } }

    /// Adds the nodes that aren't there yet.
    func add(_ nodes: [String]) {
        guard !nodes.isEmpty else { return }
        state.withLock { names in
            names += nodes.filter { node in !names.contains { $0.hasSameBytes(as: node) } }
        }
    }
}
