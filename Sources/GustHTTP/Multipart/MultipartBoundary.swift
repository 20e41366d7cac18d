import HTTPTypes
import NIOCore

/// The boundary that separates the parts of a multipart body (RFC 2046 §5.1.1).
struct MultipartBoundary: Sendable, Hashable {
    /// The maximum length of a boundary, in bytes.
    static let maximumLength = 70

    /// The bytes before each part: CR LF, two hyphens and the boundary; the first part may have no CR LF.
    let delimiter: [UInt8]

    /// Makes a boundary of its text; nil if the text is empty, too long, or has characters that aren't allowed.
    init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " "),
            text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        delimiter = Array("\r\n--\(text)".utf8)
    }

    /// Reads the boundary from the `Content-Type` of a `multipart/form-data` body.
    ///
    /// - Throws: ``HTTPError``: 415 if the body has another type, 400 if the boundary is missing or invalid.
    init(_ headers: HTTPFields) throws(HTTPError) {
        guard let field = headers[.contentType], MultipartBoundary.isMultipart(field) else {
            throw HTTPError(.unsupportedMediaType, "the body must be multipart/form-data")
        }
        guard let text = FieldParameters(field)?["boundary"] else {
            throw HTTPError(.badRequest, "the Content-Type of a multipart body must have exactly one boundary")
        }
        guard let boundary = MultipartBoundary(text) else {
            throw HTTPError(
                .badRequest,
                "a boundary must have 1 to \(Self.maximumLength) boundary characters (RFC 2046) or token characters"
            )
        }
        self = boundary
    }

    /// Whether a value of `Content-Type` has the type `multipart/form-data`.
    static func isMultipart(_ field: String) -> Bool {
        Substring(field.utf8.prefix { $0 != UInt8(ascii: ";") }).trimmingSpaces()
            .equalsIgnoringASCIICase("multipart/form-data")
    }

    /// Whether a byte is a boundary character of RFC 2046 or a token character of RFC 9110.
    ///
    /// Other token characters are allowed, because they are valid in the field without quotes and React Native sends `*****`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isTokenCharacter || "'()+_,-./:=? ".utf8.contains(byte)
    }
}
