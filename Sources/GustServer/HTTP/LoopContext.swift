import GustHTTP
import NIOCore

/// Somebody on a loop who must be told when the server stops.
protocol ShutdownParticipant: AnyObject {
    /// The server stops: finish, then close. On the loop.
    func beginShutdown()
}

/// What the connections of one loop share.
///
/// Belongs to the loop.
///
/// `@unchecked Sendable`: the reference is made by the server and handed to the loop; every property but the constant
/// ones is used on that loop only.
final class LoopContext: @unchecked Sendable {
    let executor: LoopExecutor
    /// Compresses the messages of the loop's WebSockets; holds memory only once it was used.
    let compression = MessageCompression()
    private var participants: [ObjectIdentifier: any ShutdownParticipant] = [:]
    private(set) var isShuttingDown = false
    private var unflushed: [WebSocketChannelHandler] = []
    private(set) var burstLength = LoopContext.shortestBurst
    private var dateText = ""
    private var dateExpiry = NIODeadline.uptimeNanoseconds(0)

    init(executor: LoopExecutor) {
        self.executor = executor
    }

    /// How large a buffer for the answers to a burst is at least.
    private static let shortestBurst = 256

    /// Notes how long the answers to a burst were, so that the next buffer for some is made about as large at once.
    func noteBurst(_ length: Int) {
        // One long burst is forgotten after a dozen short ones; what one connection sends is no sign of what all do.
        burstLength = max(Self.shortestBurst, length, burstLength - burstLength / 4)
    }

    /// The current date as a header field's value, written anew at most twice a second.
    var date: String {
        let now = executor.eventLoop.now
        if now >= dateExpiry {
            dateText = HTTPDate.now.description
            dateExpiry = now + .milliseconds(500)
        }
        return dateText
    }

    /// Flushes `webSocket` at the end of this turn of the loop, with all others that sent something in it.
    func flushLater(_ webSocket: WebSocketChannelHandler) {
        unflushed.append(webSocket)
        guard unflushed.count == 1 else { return }
        executor.eventLoop.execute { self.flushAll() }
    }

    private func flushAll() {
        let flushing = unflushed
        unflushed = []
        for webSocket in flushing { webSocket.flushOutput() }
    }

    /// Counts somebody in until ``remove(_:)``.
    func add(_ participant: any ShutdownParticipant) {
        participants[ObjectIdentifier(participant)] = participant
        if isShuttingDown { participant.beginShutdown() }
    }

    func remove(_ participant: any ShutdownParticipant) {
        participants[ObjectIdentifier(participant)] = nil
    }

    /// Tells everybody that the server stops.
    func beginShutdown() {
        isShuttingDown = true
        for participant in Array(participants.values) { participant.beginShutdown() }
    }
}
