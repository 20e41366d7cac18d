package import NIOCore

/// A ``WebSocket`` as the server makes it, with further ways of sending that avoid copies.
package protocol WebSocketConnection: WebSocket {
    /// Sends the text message that `write` appends to a buffer; sends nothing if `write` appends nothing.
    ///
    /// The buffer may already contain other messages. The bytes must be UTF-8. `write` must not use the WebSocket. This avoids a copy of
    /// the message if the dialect allows that. The default implementation writes the message to a buffer of its own.
    func send(textWrittenBy write: (inout ByteBuffer) -> Void)
    /// Sends the text message of `length` bytes that `write` stores in the given bytes, all of them.
    ///
    /// As ``send(textWrittenBy:)``, for messages whose length is known: the frame is written in one access to the buffer.
    func send(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void)
    /// Sends a message that was framed once for many WebSockets if ``WebSocket/isWritable`` is true; false if it isn't, and nothing is sent.
    func sendIfWritable(_ message: PreparedMessage) -> Bool
    /// Hands the messages that were sent to the operating system now, instead of at the end of the burst.
    func flush()
    /// Calls `body` on the loop: with `true` once all messages that were sent before have been handed to the operating system, with
    /// `false` if the connection ends before.
    ///
    /// The default implementation calls `body` with `true` at once.
    func whenFlushed(_ body: @escaping (Bool) -> Void)
}

extension WebSocketConnection {
    /// Returns `true`.
    package var carriesBinary: Bool { true }

    /// Asks ``WebSocket/isWritable``, and sends the message.
    package func sendIfWritable(_ message: PreparedMessage) -> Bool {
        guard isWritable else { return false }
        send(message)
        return true
    }

    /// Calls `body` with `true`.
    package func whenFlushed(_ body: @escaping (Bool) -> Void) { body(true) }

    /// Sends the text message that `write` appends to an empty buffer.
    package func send(textWrittenBy write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer()
        write(&text)
        if text.readableBytes > 0 { send(text: text) }
    }

    /// Sends the text message that `write` stores in a buffer of its own.
    package func send(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        send(text: ByteBuffer(textOf: length, writtenBy: write))
    }
}
