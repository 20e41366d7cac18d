public import GustWire
import Synchronization

/// Takes the acknowledgements of one broadcast event that an adapter receives, until the adapter ends the collection.
///
/// The methods may be called from any thread.
public final class ReplyCollector: Sendable {
    private let selected: @Sendable (_ count: Int) -> Void
    private let reply: @Sendable (BroadcastReply) -> Void
    private let finished: Mutex<(@Sendable (_ silentNodes: [String]) -> Void)?>

    /// Makes a collector.
    ///
    /// - Parameters:
    ///   - selected: is called at most once, when it is known how many replies this node will add; some may be added before.
    ///   - reply: is called with each reply.
    ///   - finished: is called once, after the last reply, with the names of the nodes that haven't answered in time.
    package init(
        selected: @escaping @Sendable (_ count: Int) -> Void = { _ in },
        reply: @escaping @Sendable (BroadcastReply) -> Void,
        finished: @escaping @Sendable (_ silentNodes: [String]) -> Void
    ) {
        self.selected = selected
        self.reply = reply
        self.finished = Mutex(finished)
    }

    /// Says how many replies the sockets of this process will add.
    package func announce(_ count: Int) { selected(count) }

    /// Adds the reply of one socket; does nothing after ``finish(silentNodes:)``.
    ///
    /// - Parameters:
    ///   - result: the arguments of the acknowledgement, or the reason for its absence.
    ///   - socketID: the id of the socket; nil if its node doesn't send ids.
    public func add(_ result: Result<Arguments, SocketError>, from socketID: String?) {
        guard finished.withLock({ $0 != nil }) else { return }
        reply(BroadcastReply(socketID: socketID, result))
    }

    /// Ends the collection; a second call does nothing.
    ///
    /// - Parameter silentNodes: the names of the nodes that haven't answered in time.
    public func finish(silentNodes: [String] = []) {
        finished.withLock { $0.take() }?(silentNodes)
    }
}
