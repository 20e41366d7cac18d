import GustHTTP
import NIOCore

/// How messages lie in the bytes of a connection: RFC 6455, or one of the drafts before it.
///
/// A value without I/O. The channel handler owns one and knows nothing of frames.
protocol WebSocketFraming {
    /// Reads what is whole in `buffer`, takes it out, and appends what it means to `inputs`, in order.
    ///
    /// A failure is the last input; nothing is read after it.
    ///
    /// - Returns: whether reading stopped because it took long, with whole frames left in `buffer`; the caller lets its
    ///   loop do other work before it calls again.
    mutating func read(_ buffer: inout ByteBuffer, into inputs: inout [WebSocketInput]) -> Bool

    /// Whether every frame is RFC 6455's header and then its payload as it is, so that the handler may write it itself and a
    /// ``PreparedMessage``'s bytes are right.
    ///
    /// Never changes. Otherwise ``write(_:_:into:)`` and ``frame(of:)`` are asked.
    var isPlain: Bool { get }

    /// Whether both ends say goodbye; otherwise the connection just ends.
    var hasClosingHandshake: Bool { get }

    /// Whether there are binary messages.
    var carriesBinary: Bool { get }

    /// Appends a whole frame; nothing, if there is no such frame and nobody misses it (pings).
    ///
    /// - Throws: what the frames can't say; nothing was written then.
    mutating func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        into buffer: inout ByteBuffer
    ) throws(WebSocketError)

    /// The frame of a message to many, made once for all of them where that can be.
    ///
    /// - Throws: as ``write(_:_:into:)``.
    mutating func frame(of message: PreparedMessage) throws(WebSocketError) -> ByteBuffer
}

/// Something that came.
enum WebSocketInput: Equatable {  // bytes: only tests compare it
    case text(ByteBuffer)
    case binary(ByteBuffer)
    case ping(ByteBuffer)
    case pong
    case close(WebSocketCloseCode?, reason: String)
    /// The peer broke a rule; the code says which.
    case failure(WebSocketCloseCode)
}

/// Something to send.
enum WebSocketOutput {
    case text, binary, ping, pong, close
}
