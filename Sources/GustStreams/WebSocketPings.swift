import GustHTTP
import NIOCore

/// Sends pings to a client, and aborts the connection of a client that doesn't answer.
///
/// Used on the loop of the connection only.
final class WebSocketPings {
    private let stream: WebSocketStream
    private let interval: TimeAmount

    init(_ stream: WebSocketStream, every interval: TimeAmount) {
        self.stream = stream
        self.interval = interval
    }

    /// Schedules the next ping.
    func schedule() {
        let eventLoop = stream.webSocket.eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let timer = eventLoop.scheduleTask(in: interval) { bound.value.fire() }
        stream.onEnd = { timer.cancel() }
    }

    private func fire() {
        guard stream.closure == nil else { return }
        // The client has sent neither a pong nor a message for a whole interval.
        guard stream.isAlive else { return stream.webSocket.abort() }
        stream.isAlive = false
        schedule()
        stream.webSocket.ping(ByteBuffer())
    }
}
