import GustHTTP
import NIOCore

/// What a WebSocket needs for its end: an object, so that an idle WebSocket doesn't have the memory for it.
final class WebSocketEnding {
    /// What the receiver is told.
    var closure = WebSocketClosure(isClean: false)
    /// The deadline of what is happening: the closing handshake, or output that waits for the peer.
    var timer: Scheduled<Void>?
}
