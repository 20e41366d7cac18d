import GustCluster
import GustHTTP

/// The setting of a node that forwards requests is wrong.
public struct ForwardingError: Error, CustomStringConvertible {
    /// What is wrong.
    enum Problem: Sendable {
        /// The secret is too short to be one.
        case secret
        /// The host is one on which a node listens, but not one to which other nodes can connect.
        case host(String)
        /// The node is reached by a bus only, and there is none.
        case bus
    }

    let problem: Problem

    init(_ problem: Problem) { self.problem = problem }

    /// What is wrong, and what to do.
    public var description: String {
        switch problem {
        case .secret: "the secret of the nodes has fewer than 16 bytes"
        case .host(let host): "other nodes can't connect to \(host); set advertisedHost"
        case .bus: "the address is .bus, but there is no bus"
        }
    }

    static func check(_ address: NodeAddress, _ advertisedHost: String?, hasBus: Bool) throws(ForwardingError) {
        switch address {
        case .bus: guard hasBus else { throw ForwardingError(.bus) }
        case .unixSocket: break
        case .tcp(let host, _):
            let reached = advertisedHost ?? host
            let isWildcard = ["", "0.0.0.0", "::", "*"].contains { $0.utf8.elementsEqual(reached.utf8) }
            guard !isWildcard else { throw ForwardingError(.host(reached)) }
        }
    }
}
