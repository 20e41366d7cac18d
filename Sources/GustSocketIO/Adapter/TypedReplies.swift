import GustAdapter
import GustContract

/// The replies to a declared event that was sent to many sockets, as they arrive.
public struct TypedReplies<Reply: Sendable>: Sendable, AsyncSequence {
    /// The reply of one socket.
    public struct Element: Sendable {
        /// The id of the socket; nil if its node doesn't send ids.
        public let socketID: String?
        /// The reply, or the reason for its absence: a `SocketError`, or an error that names what doesn't fit the declaration.
        public let result: Result<Reply, any Error>
    }

    /// Reads the replies one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private var replies: any AsyncIteratorProtocol<BroadcastReply, Never>
        private let coding: ArgumentCoding<Reply>

        init(_ replies: any AsyncIteratorProtocol<BroadcastReply, Never>, _ coding: ArgumentCoding<Reply>) {
            self.replies = replies
            self.coding = coding
        }

        /// The next reply; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            guard let reply = await replies.next(isolation: actor) else { return nil }
            let coding = coding
            return Element(
                socketID: reply.socketID,
                result: reply.result.mapError { $0 as any Error }.flatMap { arguments in
                    Result { try coding.value(of: arguments) }
                }
            )
        }
    }

    private let replies: BroadcastReplies
    private let coding: ArgumentCoding<Reply>

    init(_ replies: BroadcastReplies, _ coding: ArgumentCoding<Reply>) {
        self.replies = replies
        self.coding = coding
    }

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(replies.makeAsyncIterator(), coding) }

    /// The names of the nodes that haven't said how many sockets they selected; complete when the sequence has ended.
    public var silentNodes: [String] { replies.silentNodes }

    /// Waits for all replies.
    ///
    /// - Returns: the replies, in the order in which they arrived.
    /// - Throws: The error of the first socket that failed or whose reply doesn't fit. Iterate to get the others.
    public func all() async throws -> [Reply] {
        var all: [Reply] = []
        for await reply in self { all.append(try reply.result.get()) }
        return all
    }
}
