public import NIOCore

/// The sending half of one WebSocket connection.
///
/// All members must be used on the loop of the connection only.
///
/// Messages that are sent while a burst of messages is being received are written in one write at the end of the burst. After
/// the close, calls do nothing.
public protocol WebSocket: AnyObject {
    /// The loop of the connection.
    var eventLoop: any EventLoop { get }
    /// Whether more should be sent: `false` while more than the high water mark is buffered, and after the close.
    var isWritable: Bool { get }
    /// Whether the peer's dialect has binary messages; the drafts hixie-75 and hixie-76 don't have them.
    ///
    /// A binary message to such a peer closes the connection with ``WebSocketError/binaryUnsupported``.
    var carriesBinary: Bool { get }
    /// The number of bytes that wait in this process to be sent.
    var bufferedBytes: Int { get }
    /// Sends a text message; the bytes must be UTF-8.
    func send(text: ByteBuffer)
    /// Sends the text message that `write` appends to a buffer; sends nothing if `write` appends nothing.
    ///
    /// The buffer may already contain other messages. The bytes must be UTF-8. This avoids a copy of the message if the dialect
    /// allows that. The default implementation writes the message to a buffer of its own.
    func send(textWrittenBy write: (inout ByteBuffer) -> Void)
    /// Sends a binary message.
    func send(binary: ByteBuffer)
    /// Sends a message that was framed once for many WebSockets.
    func send(_ message: PreparedMessage)
    /// Hands the messages that were sent to the operating system now, instead of at the end of the burst.
    func flush()
    /// Sends a ping with the first 125 bytes of `payload`.
    ///
    /// This does nothing if the peer's dialect has no pings (hixie-75, hixie-76).
    func ping(_ payload: ByteBuffer)
    /// Begins the closing handshake (RFC 6455 §7.1.2); if `code` is nil, the close frame is empty.
    ///
    /// The connection ends when the peer's close frame has been received, or at the closing deadline. `reason` is cut to 123
    /// bytes.
    func close(code: WebSocketCloseCode?, reason: String)
    /// Closes the connection without a closing handshake.
    func abort()
    /// Stops reading from the peer until ``resumeReading()``; calls don't nest.
    func pauseReading()
    /// Resumes reading after ``pauseReading()``.
    func resumeReading()
}

extension WebSocket {
    /// Returns `true`.
    public var carriesBinary: Bool { true }

    /// Sends the text message that `write` appends to an empty buffer.
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
    /// Receives a text message, whose bytes are valid UTF-8.
    ///
    /// The buffer may be a slice of a larger read. Copy the bytes if you keep them for long.
    func receive(text: ByteBuffer)
    /// Receives a binary message.
    ///
    /// The buffer may be a slice of a larger read. Copy the bytes if you keep them for long.
    func receive(binary: ByteBuffer)
    /// Called when the writability of the connection has changed; see ``WebSocket/isWritable``.
    func writabilityChanged(isWritable: Bool)
    /// Called exactly once, as the last call, after the connection has ended.
    func closed(_ closure: WebSocketClosure)
}

extension WebSocketReceiver {
    /// Does nothing.
    public func writabilityChanged(isWritable: Bool) {}
}

/// How a WebSocket connection ended.
public struct WebSocketClosure: Sendable, Hashable {
    /// The code of the peer's close frame; nil if no close frame was received or if it was empty.
    public var code: WebSocketCloseCode?
    /// The reason of the peer's close frame, at most 123 bytes.
    public var reason: String
    /// Whether the closing handshake was completed, whichever end began it.
    public var isClean: Bool
    /// The reason why a message couldn't be sent, if the connection ended because of that; nil otherwise.
    public var error: WebSocketError?

    /// Makes a closure.
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

/// Comparison by bytes, because the reason is text of the peer.
extension WebSocketClosure {
    /// Whether all parts are equal; the reason is compared by bytes.
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
