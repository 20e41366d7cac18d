package import NIOCore

/// A WebSocket message, or one member of a polling payload: what carries packets, before anybody knows which.
package enum Frame: Sendable, Equatable {
    /// UTF-8 text.
    case text(ByteBuffer)
    /// Bytes.
    case binary(ByteBuffer)
}
