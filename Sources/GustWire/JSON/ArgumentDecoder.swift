import GustJSON
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
        decoder.dateDecodingStrategy = .iso8601Text
        decoder.dataDecodingStrategy = .custom { decoder in
            // Text is what generations without bytes send instead: base64.
            if let text = try? decoder.singleValueContainer().decode(String.self),
                let bytes = Base64Text.decode(text.utf8)
            {
                return Data(bytes.readableBytesView)
            }
            let placeholder = try Placeholder(from: decoder)
            guard placeholder.isPlaceholder, attachments.indices.contains(placeholder.number) else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no such attachment")
                )
            }
            return Data(attachments[placeholder.number].readableBytesView)
        }
        if !attachments.isEmpty, let key = AttachmentList.key { decoder.userInfo[key] = AttachmentList(attachments) }
        let text = json.bytes
        let data = text.withUnsafeReadableBytes { bytes in
            guard let start = bytes.baseAddress else { return Data() }
            return Data(bytes: start, count: bytes.count)
        }
        return try decoder.decode(type, from: data)
    }

    /// The value without Foundation, if that is easy for this type and this text; nil to be thorough.
    private static func scalar<Value>(_ type: Value.Type, _ json: JSONSlice, _ attachments: [ByteBuffer]) -> Value? {
        if type == String.self { return String.read(json.bytes) as? Value }
        if type == Int.self { return Int.read(json.bytes) as? Value }
        if !attachments.isEmpty, type == JSONSlice.self {
            return JSONSlice(trusted: json.bytes, attachments: attachments) as? Value
        }
        if type == ByteBuffer.self {
            // ByteBuffer is Codable as base64 text, as which generations without bytes send it; else it is an attachment.
            guard let placeholder = try? decode(Placeholder.self, from: json, attachments: []),
                placeholder.isPlaceholder, attachments.indices.contains(placeholder.number)
            else { return nil }
            // A decoded value may be kept; it must not keep the read that the attachment is a slice of.
            return attachments[placeholder.number].detached as? Value
        }
        guard let plain = type as? any PlainJSON.Type else { return nil }
        return plain.read(json.bytes) as? Value
    }
}
