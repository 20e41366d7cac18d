import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values as JSON text: the common scalars directly, everything else through Foundation.
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
        default: try encodeByFoundation(value, into: &text, attachments: &attachments)
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

    private static func encodeByFoundation<Value: Encodable>(
        _ value: Value,
        into text: inout ByteBuffer,
        attachments: inout [ByteBuffer]
    ) throws {
        let collected = Collected(attachments)
        let encoder = JSONEncoder()
        // Sorted, because Foundation's own order changes from run to run.
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        encoder.dataEncodingStrategy = .custom { data, encoder in
            var container = encoder.container(keyedBy: Placeholder.CodingKeys.self)
            try container.encode(true, forKey: .isPlaceholder)
            try container.encode(collected.append(ByteBuffer(bytes: data)), forKey: .number)
        }
        text.writeBytes(try encoder.encode(value))
        attachments = collected.attachments
    }

    /// The encoder's strategy is a closure that outlives the call in the type system, though not in fact.
    ///
    /// `@unchecked Sendable`: made, used and read by one synchronous call of `encode`.
    private final class Collected: @unchecked Sendable {
        private(set) var attachments: [ByteBuffer]

        init(_ attachments: [ByteBuffer]) { self.attachments = attachments }

        func append(_ bytes: ByteBuffer) -> Int {
            attachments.append(bytes)
            return attachments.count - 1
        }
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

    /// Encodes the value inside of another; at the top level of an argument the text is copied byte for byte instead.
    public func encode(to encoder: any Encoder) throws {
        try AnyJSON(bytes).encode(to: encoder)
    }
}
