public import NIOCore

/// A message without a name, as clients without events (0.6) and connections of Engine.IO send it.
public enum Message: Sendable, Equatable, CustomStringConvertible {
    /// A text.
    case text(String)
    /// A JSON value, undecoded.
    case json(JSONSlice)
    /// Bytes.
    case binary(ByteBuffer)

    /// Whether both messages are of the same kind and have the same bytes; canonically equivalent texts with other bytes are unequal.
    public static func == (left: Message, right: Message) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.json(let left), .json(let right)): left == right
        case (.binary(let left), .binary(let right)): left == right
        default: false
        }
    }

    /// The text, the JSON text, or a count of bytes.
    public var description: String {
        switch self {
        case .text(let text): text
        case .json(let json): json.description
        case .binary(let bytes): "<\(bytes.readableBytes) bytes>"
        }
    }
}
