import GustHTTP
public import GustWire
import Synchronization

/// The acknowledgement of one client for a broadcast event.
public struct BroadcastReply: Sendable {
    /// The id of the socket; nil if its node doesn't send ids.
    public let socketID: String?
    /// The arguments of the acknowledgement, or the reason for its absence.
    public let result: Result<Arguments, SocketError>

    /// Makes a reply.
    public init(socketID: String?, _ result: Result<Arguments, SocketError>) {
        self.socketID = socketID
        self.result = result
    }
}

/// The acknowledgements of a broadcast event, as they arrive.
///
/// The sequence has one element for each selected socket, also for those that fail, and ends when all have replied or their time is
/// over. It can be iterated once.
public struct BroadcastReplies: Sendable, AsyncSequence {
    private let stream: AsyncStream<BroadcastReply>
    private let collector: Collector

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: BroadcastReply.self)
        self.stream = stream
        collector = Collector(continuation)
    }

    /// Calls `body` with the collector that takes the replies.
    func collecting(_ body: (Collector) -> Void) -> BroadcastReplies {
        body(collector)
        return self
    }

    /// Makes an iterator.
    public func makeAsyncIterator() -> some AsyncIteratorProtocol<BroadcastReply, Never> {
        stream.makeAsyncIterator()
    }

    /// The names of the nodes that haven't said how many sockets they selected; complete when the sequence has ended.
    public var silentNodes: [String] { collector.silentNodes }

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

    /// Takes the replies that an adapter receives.
    public final class Collector: Sendable {
        private let continuation: AsyncStream<BroadcastReply>.Continuation
        private let silent = Mutex<[String]>([])
        /// The collector of all namespaces of a family, and what is called once at the end, if this is the part of one of them.
        private let whole: Collector?
        private let finished: Mutex<(@Sendable () -> Void)?>

        init(
            _ continuation: AsyncStream<BroadcastReply>.Continuation,
            whole: Collector? = nil,
            finished: (@Sendable () -> Void)? = nil
        ) {
            self.continuation = continuation
            self.whole = whole
            self.finished = Mutex(finished)
        }

        /// A collector for one of several namespaces, whose replies are added to this one; `finished` is called once at its end.
        func part(_ finished: @escaping @Sendable () -> Void) -> Collector {
            Collector(continuation, whole: self, finished: finished)
        }

        var silentNodes: [String] { silent.withLock { $0 } }

        /// Adds the reply of one socket; does nothing after ``finish(silentNodes:)``.
        public func add(_ reply: BroadcastReply) {
            // The sequence may go on with the replies of other namespaces.
            guard whole == nil || finished.withLock({ $0 != nil }) else { return }
            continuation.yield(reply)
        }

        /// Ends the sequence; a second call does nothing.
        ///
        /// - Parameter silentNodes: the names of the nodes that haven't answered in time.
        public func finish(silentNodes: [String] = []) {
            guard let whole else {
                silent.withLock { $0 += silentNodes }
                return continuation.finish()
            }
            let finished = finished.withLock { $0.take() }
            guard let finished else { return }
            whole.silent.withLock { silent in
                silent += silentNodes.filter { node in !silent.contains { $0.hasSameBytes(as: node) } }
            }
            finished()
        }
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
