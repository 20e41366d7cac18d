import Mustache

/// Escapes values for HTML byte by byte.
///
/// The library's own content type compares characters, so that a quote with a combining mark behind it, or a `<` behind a
/// prepended mark, stays as it is and ends an attribute or begins an element. To an HTML parser each of these is a
/// code point of its own (HTML standard, "tokenization").
struct ScalarEscaping: MustacheContentType {
    /// The pragma that makes a template use this content type, to be put in front of its text.
    ///
    /// Every template needs it, because each partial begins with the library's own content type again.
    static let pragma = "{{% CONTENT_TYPE:GUST-HTML}}"

    /// Gives the content type its name, and takes the name `HTML` as well, which a template may choose by a pragma of its
    /// own; both in the whole process, because the library has one table.
    static let registration: Void = {
        for name in ["GUST-HTML", "HTML"] {
            MustacheContentTypes.register(ScalarEscaping(), named: name)
        }
    }()

    func escapeText(_ text: String) -> String {
        guard text.utf8.contains(where: { Self.replacement(for: $0) != nil }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if let replacement = Self.replacement(for: byte) {
                replacement.withUTF8Buffer { escaped.append(contentsOf: $0) }
            } else {
                escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func replacement(for byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
