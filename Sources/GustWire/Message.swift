public import NIOCore

/// A message without a name: what generations without events send, and what bare Engine.IO carries.
public enum Message: Sendable, Equatable, CustomStringConvertible {
    /// Text as it is.
    case text(String)
    /// A JSON value, undecoded.
    case json(JSONSlice)
    /// Bytes.
    case binary(ByteBuffer)

    /// The text, the JSON text, or a count of bytes.
    public var description: String {
        switch self {
        case .text(let text): text
        case .json(let json): json.description
        case .binary(let bytes): "<\(bytes.readableBytes) bytes>"
        }
    }
}
