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

/// What stands in JSON for a binary attachment (Socket.IO protocol 5, "binary packets").
struct Placeholder: Codable {
    enum CodingKeys: String, CodingKey {
        case isPlaceholder = "_placeholder"
        case number = "num"
    }

    let isPlaceholder: Bool
    let number: Int
}

extension JSONSlice: Codable {
    /// Decodes any JSON value and keeps its text, as Foundation writes it.
    public init(from decoder: any Decoder) throws {
        self = try JSONSlice.encode(try AnyJSON(from: decoder))
    }

    /// Encodes the value for another encoder; inside of arguments the text is copied byte for byte instead.
    public func encode(to encoder: any Encoder) throws {
        try AnyJSON(bytes).encode(to: encoder)
    }
}
