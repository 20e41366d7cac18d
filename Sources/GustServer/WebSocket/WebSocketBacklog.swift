import GustFraming
import NIOCore

/// What a WebSocket has received and not delivered: an object, so that a WebSocket without it doesn't have the memory for it.
final class WebSocketBacklog {
    /// Bytes that weren't parsed: the beginning of a frame, or bytes that wait for the next turn of the loop.
    var input: ByteBuffer?
    /// Messages that were parsed but not delivered because reading was paused, in order.
    var held: [WebSocketInput] = []
    /// Whether the rest of ``input`` waits to be parsed in the next turn of the loop.
    var awaitsTurn = false

    var isEmpty: Bool { input == nil && held.isEmpty && !awaitsTurn }
}
