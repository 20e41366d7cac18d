public import NIOCore

/// A receiver that calls closures for the events of one WebSocket.
///
/// The closures are called on the loop of the connection, and set there. They may be set later than the connection was opened, such as
/// when a database has answered; then the messages before are ignored.
public final class WebSocketEvents: WebSocketReceiver {
    // Exclusivity needn't be checked at run time: the closures are only loaded and stored, on the loop of the connection.
    /// Called with each text message.
    @exclusivity(unchecked) public var onText: ((ByteBuffer) -> Void)? {
        didSet { if end != nil { onText = nil } }
    }
    /// Called with each binary message.
    @exclusivity(unchecked) public var onBinary: ((ByteBuffer) -> Void)? {
        didSet { if end != nil { onBinary = nil } }
    }
    /// Called once, after the connection has ended; at once if it has ended already.
    @exclusivity(unchecked) public var onClose: ((WebSocketClosure) -> Void)? {
        didSet { callLateClose() }
    }
    /// How the connection has ended: closures that are set afterwards aren't kept, because they would hold the WebSocket for ever.
    private var end: WebSocketClosure?

    /// Makes a receiver without closures.
    package init() {}

    /// Calls ``onText``.
    package func receive(text: ByteBuffer) { onText?(text) }

    /// Calls ``onBinary``.
    package func receive(binary: ByteBuffer) { onBinary?(binary) }

    /// Sets all closures to nil, because they usually hold the WebSocket, and calls ``onClose``.
    package func closed(_ closure: WebSocketClosure) {
        guard end == nil else { return }
        let onClose = onClose
        onText = nil
        onBinary = nil
        self.onClose = nil
        end = closure
        onClose?(closure)
    }

    private func callLateClose() {
        guard let end, let body = onClose else { return }
        onClose = nil
        body(end)
    }
}
