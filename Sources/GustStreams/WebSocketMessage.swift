public import NIOCore

/// A message of a ``WebSocketStream``.
public enum WebSocketMessage: Sendable {
    /// A text.
    case text(String)
    /// Bytes.
    case binary(ByteBuffer)

    /// The length in bytes.
    var length: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.readableBytes
        }
    }
}
