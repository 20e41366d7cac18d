package import NIOCore

/// The receiving half of one WebSocket connection.
///
/// All methods are called on the connection's loop and must not block.
package protocol WebSocketReceiver: AnyObject {
    /// Receives a text message, whose bytes are valid UTF-8.
    ///
    /// The buffer may be a slice of a larger read. Copy the bytes if you keep them for long.
    func receive(text: ByteBuffer)
    /// Receives a binary message.
    ///
    /// The buffer may be a slice of a larger read. Copy the bytes if you keep them for long.
    func receive(binary: ByteBuffer)
    /// Called for each pong of the peer (RFC 6455 §5.5.3).
    func receivedPong()
    /// Called when the writability of the connection has changed; see ``WebSocket/isWritable``.
    func writabilityChanged(isWritable: Bool)
    /// Called exactly once, as the last call, after the connection has ended.
    func closed(_ closure: WebSocketClosure)
}

extension WebSocketReceiver {
    /// Does nothing.
    package func receivedPong() {}

    /// Does nothing.
    package func writabilityChanged(isWritable: Bool) {}
}
