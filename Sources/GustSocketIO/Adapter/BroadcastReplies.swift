public import GustAdapter
import GustHTTP
public import GustWire
import Synchronization

/// The acknowledgements of a broadcast event, as they arrive.
///
/// The sequence has one element for each selected socket, also for those that fail, and ends when all have replied or their time is
/// over. It can be iterated once.
public struct BroadcastReplies: Sendable, AsyncSequence {
    private let stream: AsyncStream<BroadcastReply>
    private let continuation: AsyncStream<BroadcastReply>.Continuation
    private let silent = SilentNodes()

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// A collector for the replies of one namespace; `finished` is called once at its end.
    func collector(finished: @escaping @Sendable () -> Void) -> ReplyCollector {
        ReplyCollector { [continuation] reply in
            continuation.yield(reply)
        } finished: { [silent] silentNodes in
            silent.add(silentNodes)
            finished()
        }
    }

    /// Ends the sequence.
    func finish() { continuation.finish() }

    /// Makes an iterator.
    public func makeAsyncIterator() -> some AsyncIteratorProtocol<BroadcastReply, Never> {
        stream.makeAsyncIterator()
    }

    /// The names of the nodes that haven't said how many sockets they selected; complete when the sequence has ended.
    public var silentNodes: [String] { silent.names }

    /// Waits for all replies.
    ///
    /// - Returns: the arguments of all acknowledgements, in the order in which they arrived.
    /// - Throws: ``BroadcastError`` if a socket failed or a node was silent; it has the acknowledgements that arrived.
    public func all() async throws -> [Arguments] {
        var arguments: [Arguments] = []
        var failures: [BroadcastReply] = []
        for await reply in stream {
            switch reply.result {
            case .success(let reply): arguments.append(reply)
            case .failure: failures.append(reply)
            }
        }
        let silentNodes = silentNodes
        guard failures.isEmpty, silentNodes.isEmpty else {
            throw BroadcastError(replies: arguments, failures: failures, silentNodes: silentNodes)
        }
        return arguments
    }
}

/// The error of a broadcast event that not every selected socket has acknowledged.
public struct BroadcastError: Error, CustomStringConvertible {
    /// The acknowledgements that arrived.
    public let replies: [Arguments]
    /// The sockets that haven't acknowledged, each with the reason.
    public let failures: [BroadcastReply]
    /// The names of the nodes that haven't answered in time.
    public let silentNodes: [String]

    /// How many replies there are, and how many are missing.
    public var description: String {
        let nodes = silentNodes.isEmpty ? "" : ", and these nodes were silent: \(silentNodes.joined(separator: ", "))"
        return "\(replies.count) sockets acknowledged the event, \(failures.count) did not\(nodes)"
    }
}
