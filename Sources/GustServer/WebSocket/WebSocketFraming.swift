import GustHTTP
import NIOCore

/// How messages lie in the bytes of a connection: RFC 6455, or one of the drafts before it.
///
/// A value without I/O. The channel handler owns one and knows nothing of frames.
protocol WebSocketFraming {
    /// Reads what is whole in `buffer`, takes it out, and appends what it means to `inputs`, in order.
    ///
    /// A failure is the last input; nothing is read after it.
    mutating func read(_ buffer: inout ByteBuffer, into inputs: inout [WebSocketInput])

    /// Appends the header of a message, whose payload follows.
    func writeHeader(of kind: WebSocketOutput, payloadLength: Int, into buffer: inout ByteBuffer)

    /// Whether a ``PreparedMessage``'s bytes are right as they are.
    var takesPreparedFrames: Bool { get }
}

/// Something that came.
enum WebSocketInput: Equatable {
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
