import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values as JSON text: the common scalars directly, everything else by way of a tree.
enum ArgumentEncoder {
    /// Appends the JSON text of `value`; bytes inside of it are appended to `attachments`.
    static func encode<Value: Encodable>(
        _ value: Value,
        into text: inout ByteBuffer,
        attachments: inout [ByteBuffer]
    ) throws {
        switch value {
        case let value as String: JSONText.write(value, into: &text)
        case let value as ByteBuffer: writePlaceholder(for: value, into: &text, &attachments)
        case let value as Data: writePlaceholder(for: ByteBuffer(bytes: value), into: &text, &attachments)
        case let value as any PlainJSON where value.write(into: &text): break
        default: try encodeTree(value, into: &text, attachments: &attachments)
        }
    }

    private static func writePlaceholder(
        for bytes: ByteBuffer,
        into text: inout ByteBuffer,
        _ attachments: inout [ByteBuffer]
    ) {
        text.writeString(#"{"_placeholder":true,"num":\#(attachments.count)}"#)
        attachments.append(bytes)
    }

    /// Builds a tree first, because a type may encode its members in any order and come back to them.
    private static func encodeTree<Value: Encodable>(
        _ value: Value,
        into text: inout ByteBuffer,
        attachments: inout [ByteBuffer]
    ) throws {
        let root = JSONNode(attachments: JSONNode.Attachments(attachments), codingPath: [])
        try root.set(value)
        root.write(into: &text)
        attachments = root.attachments.list
    }
}
