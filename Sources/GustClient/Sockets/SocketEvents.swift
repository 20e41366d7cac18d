/// Events of a socket, as a sequence for one reader; events that arrive before the reader asks for them are kept.
public struct SocketEvents<Element: Sendable>: AsyncSequence, Sendable {
    private let unread: UnreadEvents<Element>

    init(_ socket: ClientSocket, _ select: @escaping @Sendable (SocketEvent) -> Element?) {
        unread = UnreadEvents(socket, select)
        unread.begin()
    }

    /// Makes the reader of the sequence; several share its events.
    public func makeAsyncIterator() -> Iterator { Iterator(unread: unread) }

    /// The reader of the sequence.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let unread: UnreadEvents<Element>

        /// Waits for the next event; nil if the client was closed or the task is cancelled.
        public mutating func next() async -> Element? { await unread.next() }

        /// Waits for the next event; nil if the client was closed or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? { await unread.next() }
    }
}
