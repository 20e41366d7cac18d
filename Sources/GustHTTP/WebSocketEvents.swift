public import NIOCore

/// A receiver that calls closures for the events of one WebSocket.
///
/// The closures are called on the loop of the connection.
public final class WebSocketEvents: WebSocketReceiver {
    // Exclusivity needn't be checked at run time: the closures are only loaded and stored, on the loop of the connection.
    /// Called with each text message.
    @exclusivity(unchecked) public var onText: ((ByteBuffer) -> Void)?
    /// Called with each binary message.
    @exclusivity(unchecked) public var onBinary: ((ByteBuffer) -> Void)?
    /// Called once, after the connection has ended.
    public var onClose: ((WebSocketClosure) -> Void)?

    /// Makes a receiver without closures.
    package init() {}

    /// Calls ``onText``.
    package func receive(text: ByteBuffer) { onText?(text) }

    /// Calls ``onBinary``.
    package func receive(binary: ByteBuffer) { onBinary?(binary) }

    /// Sets all closures to nil, because they usually hold the WebSocket, and calls ``onClose``.
    package func closed(_ closure: WebSocketClosure) {
        let onClose = onClose
        onText = nil
        onBinary = nil
        self.onClose = nil
        onClose?(closure)
    }
}
