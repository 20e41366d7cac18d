public import NIOCore

/// What to do with the events of one WebSocket, as closures.
///
/// All are called on the connection's loop.
public final class WebSocketEvents: WebSocketReceiver {
    /// A text message arrived.
    public var onText: ((ByteBuffer) -> Void)?
    /// A binary message arrived.
    public var onBinary: ((ByteBuffer) -> Void)?
    /// The connection ended; called once.
    public var onClose: ((WebSocketClosure) -> Void)?

    /// Does nothing yet.
    public init() {}

    /// Calls ``onText``.
    public func receive(text: ByteBuffer) { onText?(text) }

    /// Calls ``onBinary``.
    public func receive(binary: ByteBuffer) { onBinary?(binary) }

    /// Calls ``onClose`` and lets go of all closures, which usually hold the socket.
    public func closed(_ closure: WebSocketClosure) {
        let onClose = onClose
        onText = nil
        onBinary = nil
        self.onClose = nil
        onClose?(closure)
    }
}
