public import NIOCore

/// The sending half of one WebSocket connection.
///
/// Belongs to the connection's loop: call it from there only.
///
/// What is sent while a burst of messages is being received leaves in one write at its end. To be called after the
/// close is harmless and does nothing.
public protocol WebSocket: AnyObject {
    /// The loop that this socket belongs to.
    var eventLoop: any EventLoop { get }
    /// Whether the peer takes what is sent: false while more than the high water mark is buffered, and after the close.
    var isWritable: Bool { get }
    /// Whether the peer's dialect has binary messages; the old drafts hixie-75 and hixie-76 don't.
    ///
    /// A binary message sent to such a peer closes the connection, with ``WebSocketClosure/error`` saying so.
    var carriesBinary: Bool { get }
    /// How many bytes wait in the process to be sent.
    var bufferedBytes: Int { get }
    /// Sends a text message; the bytes must be UTF-8.
    func send(text: ByteBuffer)
    /// Sends the text message that `write` appends to the buffer it is given, which may hold others already; nothing if it
    /// appends nothing.
    ///
    /// Spares a copy where the dialect allows. The bytes must be UTF-8. Without an implementation of your own the message
    /// is written to a buffer of its own first.
    func send(textWrittenBy write: (inout ByteBuffer) -> Void)
    /// Sends a binary message.
    func send(binary: ByteBuffer)
    /// Sends a message that was framed once for many sockets.
    func send(_ message: PreparedMessage)
    /// Hands what was sent to the operating system now, instead of at the end of the burst.
    func flush()
    /// Sends a ping with at most 125 bytes; a longer one is cut.
    ///
    /// Does nothing if the peer's dialect has no pings (hixie-75, hixie-76).
    func ping(_ payload: ByteBuffer)
    /// Begins the closing handshake (RFC 6455 §7.1.2); without a code the close frame is empty.
    ///
    /// The connection ends when the peer has answered, or at the closing deadline.
    func close(code: WebSocketCloseCode?, reason: String)
    /// Breaks the connection off without a handshake.
    func abort()
    /// Stops reading from the peer until ``resumeReading()``; calls don't nest.
    func pauseReading()
    /// Goes on reading.
    func resumeReading()
}

extension WebSocket {
    /// True.
    public var carriesBinary: Bool { true }

    /// Sends what `write` appends to an empty buffer.
    public func send(textWrittenBy write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer()
        write(&text)
        if text.readableBytes > 0 { send(text: text) }
    }

    /// Begins the closing handshake with code 1000.
    public func close() { close(code: .normalClosure, reason: "") }

    /// Sends a text message.
    public func send(_ text: String) { send(text: ByteBuffer(string: text)) }
}

/// The receiving half of one WebSocket connection.
///
/// All methods are called on the connection's loop and must not block.
public protocol WebSocketReceiver: AnyObject {
    /// A text message arrived; its bytes are valid UTF-8.
    ///
    /// Copy them if you keep them for long: they may be a slice of a larger read.
    func receive(text: ByteBuffer)
    /// A binary message arrived.
    func receive(binary: ByteBuffer)
    /// The peer takes output again, or stopped taking it; see ``WebSocket/isWritable``.
    func writabilityChanged(isWritable: Bool)
    /// The connection ended; called exactly once, as the last call.
    func closed(_ closure: WebSocketClosure)
}

extension WebSocketReceiver {
    /// Does nothing.
    public func writabilityChanged(isWritable: Bool) {}
}

/// How a WebSocket connection ended.
public struct WebSocketClosure: Sendable, Hashable {
    /// The code the peer sent; nil without a close frame, or with an empty one.
    public var code: WebSocketCloseCode?
    /// The reason the peer sent, at most 123 bytes.
    public var reason: String
    /// Whether the closing handshake was completed, whoever began it.
    public var isClean: Bool
    /// What this end tried to send and couldn't; nil unless that is why the connection ended.
    public var error: WebSocketError?

    /// Describes an end.
    public init(
        code: WebSocketCloseCode? = nil,
        reason: String = "",
        isClean: Bool,
        error: WebSocketError? = nil
    ) {
        self.code = code
        self.reason = reason
        self.isClean = isClean
        self.error = error
    }
}

/// By bytes, because the reason comes from the peer.
extension WebSocketClosure {
    /// Whether all parts are the same, the reason by its bytes.
    public static func == (left: WebSocketClosure, right: WebSocketClosure) -> Bool {
        left.code == right.code && left.reason.hasSameBytes(as: right.reason) && left.isClean == right.isClean
            && left.error == right.error
    }

    /// Hashes the code and the bytes of the reason.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(ByteText(reason))
    }
}
