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
    /// Sends a binary message.
    func send(binary: ByteBuffer)
    /// Sends a message that was framed once for many WebSockets.
    func send(_ message: PreparedMessage)
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
    /// Begins the closing handshake with code 1000.
    public func close() { close(code: .normalClosure, reason: "") }

    /// Sends a text message.
    public func send(_ text: String) { send(text: ByteBuffer(string: text)) }
}
