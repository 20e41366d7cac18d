#if Redis
import GustCluster
import GustHTTP
import Synchronization

/// The namespaces that one adapter of this process serves.
///
/// Redis counts a process once, so a namespace may be on a channel once: the nodes that wait for answers would count wrongly.
final class JoinedNamespaces: Sendable {
    private let names = Mutex<Set<ByteText>>([])

    /// Joins a namespace of a server.
    ///
    /// - Parameters:
    ///   - local: the adapter of the node.
    ///   - make: makes the adapter.
    /// - Returns: the adapter; that of the node itself, and the mistake is reported, if another server of this process has the namespace.
    func join(_ local: any NodeAdapter, _ make: () -> any Adapter) -> any Adapter {
        let name = ByteText(local.namespaceName)
        guard names.withLock({ $0.insert(name).inserted }) else {
            local.report(NamespaceInUse(namespace: name.string), in: "adapter")
            return local
        }
        return make()
    }

    /// Forgets a namespace that was removed.
    func leave(_ namespace: String) { names.withLock { _ = $0.remove(ByteText(namespace)) } }
}

/// Two servers of one process have a namespace of the same name and share an adapter; the second namespace isn't in the cluster.
public struct NamespaceInUse: Error, CustomStringConvertible {
    /// The name of the namespace.
    public let namespace: String

    /// What is wrong, and what to do.
    public var description: String {
        "two Socket.IO servers of this process share an adapter, and both have the namespace \(namespace): the second one isn't in the cluster; "
            + "give each server an adapter with a prefix of its own"
    }
}
#endif
