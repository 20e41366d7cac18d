package import NIOCore

/// The receiving half of one WebSocket connection.
///
/// All methods are called on the connection's loop and must not block.
package protocol WebSocketReceiver: AnyObject {
    /// Receives a text message that stands in a buffer of several messages; the default implementation makes a slice of it.
    ///
    /// This method is called instead of ``receive(text:)`` by callers that have such a buffer, so that a receiver that needs a part of the
    /// message makes one slice, that of the part.
    ///
    /// - Parameters:
    ///   - bytes: The message, valid UTF-8; to be used during the call only.
    ///   - index: The index of its first byte in `buffer`.
    ///   - buffer: The buffer that has the message among its readable bytes.
    func receive(text bytes: UnsafeRawBufferPointer, at index: Int, of buffer: ByteBuffer)
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
    /// Calls ``receive(text:)`` with a slice.
    package func receive(text bytes: UnsafeRawBufferPointer, at index: Int, of buffer: ByteBuffer) {
        if let text = buffer.getSlice(at: index, length: bytes.count) { receive(text: text) }
    }

    /// Does nothing.
    package func receivedPong() {}

    /// Does nothing.
    package func writabilityChanged(isWritable: Bool) {}
}
