import HTTPTypes
import NIOCore

/// What separates the parts of a body (RFC 2046 §5.1.1).
struct MultipartBoundary: Sendable, Hashable {
    /// How long a boundary may be, in bytes.
    static let maximumLength = 70

    /// What begins each part but perhaps the first: CR LF, two hyphens, the boundary.
    let delimiter: [UInt8]

    /// Takes a boundary; nil if it is empty, too long, or has characters that a boundary may not have.
    init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " "),
            text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        delimiter = Array("\r\n--\(text)".utf8)
    }

    /// Takes the boundary of a request whose body shall be `multipart/form-data`.
    ///
    /// - Throws: ``HTTPError``: 415 if it is something else, 400 if it has no boundary or one that isn't allowed.
    init(_ headers: HTTPFields) throws(HTTPError) {
        guard let field = headers[.contentType], MultipartBoundary.isMultipart(field) else {
            throw HTTPError(.unsupportedMediaType, "the body must be multipart/form-data")
        }
        guard let text = FieldParameters(field)?["boundary"] else {
            throw HTTPError(.badRequest, "the Content-Type of a multipart body needs one boundary")
        }
        guard let boundary = MultipartBoundary(text) else {
            throw HTTPError(
                .badRequest,
                "a boundary has 1 to \(Self.maximumLength) of the characters of RFC 2046 or of a token"
            )
        }
        self = boundary
    }

    /// Whether this value of `Content-Type` names a form in parts.
    static func isMultipart(_ field: String) -> Bool {
        Substring(field.utf8.prefix { $0 != UInt8(ascii: ";") }).trimmingSpaces()
            .equalsIgnoringASCIICase("multipart/form-data")
    }

    /// The characters of RFC 2046, and all of a token, which needs no quotes in a field: React Native sends `*****`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isTokenCharacter || "'()+_,-./:=? ".utf8.contains(byte)
    }
}
