import Mustache

/// Escapes values for HTML byte by byte.
///
/// The library's own content type compares characters, so it doesn't escape a quote followed by a combining mark, or a
/// `<` after a prepended mark: such a value could end an attribute or begin an element. An HTML parser processes each
/// code point separately (HTML standard, "tokenization").
struct ScalarEscaping: MustacheContentType {
    /// The pragma that selects this content type, to be put before the text of a template.
    ///
    /// Every template needs it, because the library starts each partial with its own content type.
    static let pragma = "{{% CONTENT_TYPE:GUST-HTML}}"

    /// Registers this content type under its own name and under `HTML`, which a template may select by a pragma.
    ///
    /// The registration applies to the whole process, because the library has one global table.
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

    /// The text before it was escaped by ``escapeText(_:)``.
    static func unescape(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.first {
            let escape = escaped.first { rest.starts(with: $0.escape.utf8) }
            bytes.append(escape?.byte ?? byte)
            rest = rest.dropFirst(escape?.escape.utf8.count ?? 1)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let escaped: [(byte: UInt8, escape: String)] = "<>&\"'".utf8.compactMap { byte in
        replacement(for: byte).map { (byte, "\($0)") }
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
