#if Redis
import GustCluster
import GustHTTP
import Synchronization

/// The names of the other nodes on a channel, as their messages have told them.
final class NodeNames: Sendable {
    private struct Node {
        /// Whether the node has sent something since it was last silent.
        var isPresent: Bool
        /// Whether the node knows the messages for sessions, as it says when it joins: a node that was silent for a while still does.
        var sharesSessions: Bool
    }

    /// The nodes that have sent something.
    private let names = Mutex<[ByteText: Node]>([:])

    /// The most nodes that are known by name: messages of any number of nodes may be on the bus.
    private static let maximumCount = 10_000

    /// Notes the sender of a message.
    func note(_ node: String?, sharesSessions: Bool = false) {
        guard let node else { return }
        names.withLock { names in
            let key = ByteText(node)
            if names.count >= Self.maximumCount, names[key] == nil { names = names.filter(\.value.isPresent) }
            guard names[key] != nil || names.count < Self.maximumCount else { return }
            names[key] = Node(isPresent: true, sharesSessions: names[key]?.sharesSessions ?? false || sharesSessions)
        }
    }

    /// Notes the sender of a message, and answers a greeting.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - answer: publishes the answer.
    /// - Returns: whether the message was about nodes only, so that nobody else needs it.
    func handle(_ message: ClusterMessage, answer: (ClusterMessage.Content) throws -> Void) rethrows -> Bool {
        switch message.content {
        case .hello:
            note(message.node, sharesSessions: true)
            try answer(.present)
        case .present: note(message.node, sharesSessions: true)
        case .goodbye:
            if let node = message.node { names.withLock { $0[ByteText(node)] = nil } }
        default:
            // An emitter is no node.
            if message.node?.hasSameBytes(as: RedisEmitter.node) != true { note(message.node) }
            return false
        }
        return true
    }

    /// Forgets nodes that were silent, until their next message.
    func forget(_ nodes: [String]) {
        names.withLock { names in
            for node in nodes { names[ByteText(node)]?.isPresent = false }
        }
    }

    /// The nodes, of which `count` are on the channel.
    func nodes(count: Int) -> OtherNodes {
        names.withLock { names in
            let present = names.filter(\.value.isPresent)
            let sharing = present.filter(\.value.sharesSessions)
            return OtherNodes(names: present.keys.map(\.string), count: count, sharing: sharing.keys.map(\.string))
        }
    }
}
#endif
