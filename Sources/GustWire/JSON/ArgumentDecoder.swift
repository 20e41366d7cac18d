import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values out of JSON text: the common scalars directly, everything else through Foundation.
enum ArgumentDecoder {
    /// Decodes one value; placeholders in it stand for `attachments`.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from json: JSONSlice,
        attachments: [ByteBuffer]
    ) throws -> Value {
        if let value = scalar(type, json, attachments) { return value }
        let decoder = JSONDecoder()
        decoder.dataDecodingStrategy = .custom { decoder in
            let placeholder = try Placeholder(from: decoder)
            guard placeholder.isPlaceholder, attachments.indices.contains(placeholder.number) else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no such attachment")
                )
            }
            return Data(attachments[placeholder.number].readableBytesView)
        }
        let text = json.bytes
        let data = text.withUnsafeReadableBytes { bytes in
            guard let start = bytes.baseAddress else { return Data() }
            return Data(bytes: start, count: bytes.count)
        }
        return try decoder.decode(type, from: data)
    }

    /// The value without Foundation, if that is easy for this type and this text; nil to be thorough.
    private static func scalar<Value>(_ type: Value.Type, _ json: JSONSlice, _ attachments: [ByteBuffer]) -> Value? {
        if type == String.self { return plainString(json.bytes) as? Value }
        if type == Int.self { return integer(json.bytes) as? Value }
        if type == JSONSlice.self { return json as? Value }
        if type == Bool.self {
            if json.bytes.readableBytesView.elementsEqual("true".utf8) { return true as? Value }
            if json.bytes.readableBytesView.elementsEqual("false".utf8) { return false as? Value }
        }
        if type == ByteBuffer.self {
            // ByteBuffer is Codable as base64 text; here it is an attachment.
            guard let placeholder = try? decode(Placeholder.self, from: json, attachments: []),
                placeholder.isPlaceholder, attachments.indices.contains(placeholder.number)
            else { return nil }
            return attachments[placeholder.number] as? Value
        }
        return nil
    }

    /// A string literal without escapes.
    static func plainString(_ text: ByteBuffer) -> String? {
        let count = text.readableBytes
        guard count >= 2, text.getInteger(at: text.readerIndex, as: UInt8.self) == UInt8(ascii: "\""),
            !text.readableBytesView.contains(UInt8(ascii: "\\"))
        else { return nil }
        return text.getString(at: text.readerIndex + 1, length: count - 2)
    }

    /// An integer of up to 18 digits.
    private static func integer(_ text: ByteBuffer) -> Int? {
        guard text.readableBytes > 0, text.readableBytes <= 19 else { return nil }
        var value = 0
        var isNegative = false
        var digits = 0
        for byte in text.readableBytesView {
            if byte == UInt8(ascii: "-"), digits == 0, !isNegative {
                isNegative = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 18 {
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                digits += 1
            } else {
                return nil
            }
        }
        return digits == 0 ? nil : isNegative ? -value : value
    }
}
