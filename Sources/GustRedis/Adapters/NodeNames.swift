#if Redis
import GustCluster
import GustHTTP
import Synchronization

/// The names of the other nodes on a channel, as their messages have told them.
final class NodeNames: Sendable {
    /// The nodes that have sent something, and whether they know the messages for sessions.
    private let names = Mutex<[ByteText: Bool]>([:])

    /// The most nodes that are known by name: messages of any number of nodes may be on the bus.
    private static let maximumCount = 10_000

    /// Notes the sender of a message.
    func note(_ node: String?, sharesSessions: Bool = false) {
        guard let node else { return }
        names.withLock { names in
            let key = ByteText(node)
            guard names[key] != nil || names.count < Self.maximumCount else { return }
            names[key] = names[key] == true || sharesSessions
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
        case .goodbye: forget(message.node.map { [$0] } ?? [])
        default:
            // An emitter is no node.
            if message.node?.hasSameBytes(as: RedisEmitter.node) != true { note(message.node) }
            return false
        }
        return true
    }

    /// Forgets nodes.
    func forget(_ nodes: [String]) {
        names.withLock { names in
            for node in nodes { names[ByteText(node)] = nil }
        }
    }

    /// The nodes, of which `count` are on the channel.
    func nodes(count: Int) -> OtherNodes {
        names.withLock { names in
            let sharing = names.filter(\.value).keys.map(\.string)
            return OtherNodes(names: names.keys.map(\.string), count: count, sharing: sharing)
        }
    }
}
#endif
