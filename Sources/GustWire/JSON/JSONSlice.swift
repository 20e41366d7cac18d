public import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One JSON value as checked text that nobody has decoded yet.
///
/// A value that is only passed on is never decoded, and comes out byte for byte as it came in.
public struct JSONSlice: Sendable, Hashable, CustomStringConvertible {
    /// The text; UTF-8, one value, perhaps with blanks around it.
    public let bytes: ByteBuffer

    /// Checks text.
    ///
    /// - Throws: ``WireError`` if it isn't UTF-8, isn't one JSON value, or nests deeper than 64 levels.
    public init(validating text: ByteBuffer) throws(WireError) {
        guard UTF8Text.isValid(text) else { throw WireError(.invalidUTF8) }
        let checked = text.withUnsafeReadableBytes { bytes -> Result<Void, WireError> in
            var scanner = JSONScanner(bytes)
            do throws(WireError) {
                try scanner.skipValue()
                scanner.skipWhitespace()
                guard scanner.isAtEnd else { throw WireError(.invalidJSON, at: scanner.position) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try checked.get()
        bytes = text
    }

    /// Wraps text that was checked, or made, by the caller.
    package init(trusted text: ByteBuffer) {
        bytes = text
    }

    /// Encodes a value.
    ///
    /// - Returns: its JSON text.
    /// - Throws: `EncodingError` if the value can't be encoded.
    public static func encode(_ value: some Encodable) throws -> JSONSlice {
        var arguments = Arguments()
        try arguments.append(value)
        guard !arguments.hasAttachments else {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(codingPath: [], debugDescription: "bytes have no place in plain JSON")
            )
        }
        return JSONSlice(trusted: arguments.text)
    }

    /// Decodes the value.
    ///
    /// - Parameter type: the type to decode.
    /// - Returns: the value.
    /// - Throws: `DecodingError` if the text is of another shape.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try ArgumentDecoder.decode(type, from: self, attachments: [])
    }

    /// The text.
    public var description: String { String(buffer: bytes) }
}
