import GustJSON
import NIOCore

/// Values as JSON text.
enum ArgumentEncoder {
    /// Appends the JSON text of `value`; bytes inside of it are appended to `attachments`.
    static func encode<Value: Encodable>(
        _ value: Value,
        into text: inout ByteBuffer,
        attachments: inout [ByteBuffer]
    ) throws {
        switch value {
        case let value as String: JSONText.write(value, into: &text)
        case let value as Int: text.writeString(String(value))
        default: try JSONEncoding.encode(value, JSONStyle(attachesBytes: true), into: &text, attachments: &attachments)
        }
    }
}
