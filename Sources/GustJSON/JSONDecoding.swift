package import NIOCore

/// Decodes `Codable` values from JSON text (RFC 8259), without Foundation's `JSONDecoder`.
///
/// It differs from `JSONDecoder` as follows:
/// - The whole text is checked first: no comma before a bracket, no malformed number or escape, also in values that the type doesn't
///   decode. Text in UTF-16 or UTF-32 is refused (RFC 8259 §8.1). A text nests at most 64 levels deep.
/// - Keys are compared by their bytes, instead of by canonical equivalence. Of members with one key the first one counts,
///   as for `JSONDecoder`.
/// - A lone surrogate, such as `\ud800`, becomes U+FFFD, as `String` does with it; `JSONDecoder` refuses it.
/// - A number becomes an integer if it is exactly one: `1.0` and `1e3` do, `1.0000000000000001` doesn't. A number that is too close
///   to zero becomes zero, as in JavaScript; one that is too large is refused.
/// - The error for a number that doesn't fit has the path of the number.
/// - Dates are ISO 8601 text, of ``ISO8601Text``.
package enum JSONDecoding {
    /// Decodes the value of a text.
    ///
    /// - Parameters:
    ///   - type: the type to decode.
    ///   - bytes: the text in UTF-8; a byte order mark at its beginning is skipped.
    ///   - attachments: what decodes `ByteBuffer` and `Data`; if nil, they are base64 text.
    ///   - isUTF8: whether the text was already checked to be UTF-8.
    /// - Returns: the value.
    /// - Throws: `DecodingError`; its underlying error is a ``JSONTextError`` if the text isn't JSON.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: UnsafeRawBufferPointer,
        attachments: (any JSONAttachments)? = nil,
        isUTF8: Bool = false
    ) throws -> Value {
        var reading = JSONReading(bytes, try checkedTape(bytes, isUTF8: isUTF8), attachments)
        defer { if !isKnownUniquelyReferenced(&reading) { reading.keepText() } }
        return try JSONValueDecoder(reading: reading, index: 1).value(type)
    }

    /// Decodes the value of a text.
    ///
    /// - Throws: as ``decode(_:from:attachments:isUTF8:)``.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: ByteBuffer,
        attachments: (any JSONAttachments)? = nil,
        isUTF8: Bool = false
    ) throws -> Value {
        try text.withUnsafeReadableBytes { bytes in
            try decode(type, from: bytes, attachments: attachments, isUTF8: isUTF8)
        }
    }

    /// The first fault of a text; nil if it is JSON.
    package static func fault(in bytes: UnsafeRawBufferPointer) -> JSONTextError? {
        do throws(JSONTextError) {
            try tape(bytes, isUTF8: false).deallocate()
            return nil
        } catch {
            return error
        }
    }

    private static func checkedTape(_ bytes: UnsafeRawBufferPointer, isUTF8: Bool) throws -> JSONTape {
        do throws(JSONTextError) {
            return try tape(bytes, isUTF8: isUTF8)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: error.description, underlyingError: error)
            )
        }
    }

    private static func tape(_ bytes: UnsafeRawBufferPointer, isUTF8: Bool) throws(JSONTextError) -> JSONTape {
        guard bytes.count <= JSONTapeBuilder.maximumLength else { throw JSONTextError(.tooLong, at: 0) }
        if !isUTF8, let index = UTF8Check.firstInvalid(in: bytes) { throw JSONTextError(.invalidUTF8, at: index) }
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        var builder = JSONTapeBuilder(bytes, from: hasMark ? 3 : 0)
        do throws(JSONTextError) {
            try builder.build()
        } catch {
            builder.tape.deallocate()
            throw error
        }
        return builder.tape
    }
}
