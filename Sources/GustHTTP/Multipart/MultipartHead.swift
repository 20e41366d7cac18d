import HTTPTypes
import NIOCore

/// What a part says of itself (RFC 7578 §4).
struct MultipartHead: Sendable, Equatable {
    /// How many fields a part's head may have.
    static let maximumFields = 16

    /// The name of the form's field.
    let name: String
    /// Whether it has a `filename`, be it empty, or a `filename*`, which isn't read: whether it is a file to a browser.
    let isFile: Bool
    /// The last component of `filename`; nil if nothing is left of it.
    let fileName: String?
    /// The part's `Content-Type`, as it was sent.
    let contentType: String?

    /// Reads the lines in front of the empty one.
    ///
    /// - Throws: ``HTTPError``: 400 if a line isn't a field, or the part has no name; 413 if there are too many; 415 if its
    ///   content is encoded.
    init(_ lines: ByteBufferView) throws(HTTPError) {
        let fields = try Self.fields(lines)
        guard let field = fields["content-disposition"], let disposition = FieldParameters(field),
            disposition.value.hasSameBytes(as: "form-data")
        else { throw HTTPError(.badRequest, "a part needs a Content-Disposition that is form-data, well formed") }
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
            // Whatever isn't text ends the line, and only CR LF may.
            let line = rest.prefix { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            rest = rest[line.endIndex...]
            guard rest.isEmpty || rest.starts(with: [0x0D, 0x0A]) else {
                throw HTTPError(.badRequest, "a control character in a part's head")
            }
            rest = rest.dropFirst(2)
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(\.isTokenCharacter)
            else { throw HTTPError(.badRequest, "a line of a part's head isn't a field") }
            let name = ByteText(lowercasingASCII: String(decoding: line[..<colon], as: UTF8.self))
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)[...].trimmingSpaces()
            guard fields.updateValue(String(value), forKey: name) == nil else {
                throw HTTPError(.badRequest, "a field is twice in a part's head")
            }
        }
        return fields
    }

    /// Undoes what browsers do to a quote; a per cent sign they leave alone, so nothing else can be undone.
    ///
    /// Source: the HTML standard, "multipart/form-data encoding algorithm".
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

    /// What is behind the last separator of any system: a name, never a way to somewhere.
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
