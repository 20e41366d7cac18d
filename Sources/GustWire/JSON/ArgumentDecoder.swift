import GustJSON
import NIOCore

/// Values out of JSON text that has been checked.
enum ArgumentDecoder {
    /// Decodes one value; placeholders in it stand for attachments.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from json: JSONSlice,
        attached: AttachmentList?
    ) throws -> Value {
        // Two types and undecoded JSON are most of all arguments; they need no tape.
        if type == String.self, let value = string(json.bytes) as? Value { return value }
        if type == Int.self, let value = integer(json.bytes) as? Value { return value }
        if type == JSONSlice.self, let value = json as? Value { return value }
        return try JSONDecoding.decode(
            type,
            from: json.bytes,
            attachments: attached ?? AttachmentList.none,
            isUTF8: true
        )
    }

    /// The text of a string without blanks around it; nil for anything else.
    private static func string(_ text: ByteBuffer) -> String? {
        text.withUnsafeReadableBytes { JSONStringReader.read($0) }
    }

    /// An integer of up to 18 digits without blanks around it; nil for anything else.
    private static func integer(_ text: ByteBuffer) -> Int? {
        text.withUnsafeReadableBytes { bytes in
            let isNegative = bytes.first == UInt8(ascii: "-")
            let digits = bytes.dropFirst(isNegative ? 1 : 0)
            guard !digits.isEmpty, digits.count <= 18 else { return nil }
            var value = 0
            for byte in digits {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return isNegative ? -value : value
        }
    }
}
