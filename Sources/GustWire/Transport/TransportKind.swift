/// The kind of HTTP response that carries the frames of a transport.
package enum TransportKind: Sendable {
    /// One batch of frames for each response.
    case polling
    /// Batch after batch in one response.
    case streaming
    /// An upgraded connection, on which each frame is one message.
    case webSocket
}
