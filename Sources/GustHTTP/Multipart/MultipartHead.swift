import HTTPTypes
import NIOCore

/// The head of a part, with the fields that RFC 7578 §4 defines.
struct MultipartHead: Sendable, Equatable {
    /// The maximum number of header fields of a part.
    static let maximumFields = 16

    /// The name of the form's field.
    let name: String
    /// Whether the part is a file: it has a `filename`, which may be empty, or a `filename*`, whose value isn't read.
    let isFile: Bool
    /// The last component of `filename`; nil if there is none or if it is empty, `.` or `..`.
    let fileName: String?
    /// The part's `Content-Type`, unchanged.
    let contentType: String?

    /// Reads the lines of a head, without the empty line at its end.
    ///
    /// - Throws: ``HTTPError``: 400 if a line isn't a header field or the part has no name; 413 if there are too many fields;
    ///   415 if the content of the part is encoded.
    init(_ lines: ByteBufferView) throws(HTTPError) {
        let fields = try Self.fields(lines)
        guard let field = fields["content-disposition"], let disposition = FieldParameters(field),
            disposition.value.hasSameBytes(as: "form-data")
        else { throw HTTPError(.badRequest, "a part needs a well-formed Content-Disposition of type form-data") }
        guard let name = disposition["name"] else { throw HTTPError(.badRequest, "a part needs a name") }
        self.name = Self.unquoted(name)
        let fileName = disposition["filename"]
        isFile = fileName != nil || disposition["filename*"] != nil
        self.fileName = fileName.flatMap { Self.lastComponent(Self.unquoted($0)) }
        contentType = fields["content-type"]
        if let encoding = fields["content-transfer-encoding"],
            !["7bit", "8bit", "binary"].contains(where: encoding.equalsIgnoringASCIICase)
        {
            throw HTTPError(.unsupportedMediaType, "a part's Content-Transfer-Encoding must be binary (RFC 7578 §4.7)")
        }
    }

    private static func fields(_ lines: ByteBufferView) throws(HTTPError) -> [ByteText: String] {
        var fields: [ByteText: String] = [:]
        var rest = lines
        var count = 0
        while !rest.isEmpty {
            count += 1
            guard count <= maximumFields else {
                throw HTTPError(.contentTooLarge, "a part's head has more than \(maximumFields) fields")
            }
            // The first control character ends the line; it must be the CR of CR LF.
            let line = rest.prefix { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            rest = rest[line.endIndex...]
            guard rest.isEmpty || rest.starts(with: [0x0D, 0x0A]) else {
                throw HTTPError(.badRequest, "a part's head contains a control character")
            }
            rest = rest.dropFirst(2)
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(\.isTokenCharacter)
            else { throw HTTPError(.badRequest, "a line of a part's head isn't a header field") }
            let name = ByteText(lowercasingASCII: String(decoding: line[..<colon], as: UTF8.self))
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)[...].trimmingSpaces()
            guard fields.updateValue(String(value), forKey: name) == nil else {
                throw HTTPError(.badRequest, "a part's head has a field twice")
            }
        }
        return fields
    }

    /// Replaces `%22` by a quote, as browsers encode quotes in names.
    ///
    /// Browsers don't encode per cent signs, so other escapes aren't decoded. Source: the HTML standard, "multipart/form-data
    /// encoding algorithm".
    private static func unquoted(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            bytes.append(byte)
            guard bytes.suffix(3).elementsEqual("%22".utf8) else { continue }
            bytes.removeLast(3)
            bytes.append(UInt8(ascii: "\""))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The part of `path` after the last `/` or `\`; nil if it is empty, `.` or `..`.
    private static func lastComponent(_ path: String) -> String? {
        let separator = path.utf8.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        let name = separator.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        return name.isEmpty || name.hasSameBytes(as: ".") || name.hasSameBytes(as: "..") ? nil : name
    }
}

extension MultipartHead {
    static func == (left: MultipartHead, right: MultipartHead) -> Bool {
        left.isFile == right.isFile && left.texts == right.texts
    }

    private var texts: [ByteText?] { [name, fileName, contentType].map { text in text.map { ByteText($0) } } }
}
