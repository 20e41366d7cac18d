/// A cookie that can't be set: what is wrong, with the place underlined.
public struct CookieError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is wrong.
    public let message: String
    /// The offending text: a name, value, path or domain.
    public let text: String
    /// Where, in bytes of the text's UTF-8.
    public let offset: Int

    init(_ message: String, in text: String, at offset: Int = 0) {
        self.message = message
        self.text = text
        self.offset = min(max(offset, 0), text.utf8.count)
    }

    /// The message, the text, and a mark below the place; of a long text only the neighbourhood.
    public var description: String {
        let start = max(0, offset - 60)
        let shown = String(decoding: text.utf8.dropFirst(start).prefix(80), as: UTF8.self)
        let column = String(decoding: text.utf8.dropFirst(start).prefix(offset - start), as: UTF8.self).count
        // What a terminal would obey isn't printed as it is.
        let visible = String(shown.map { $0.asciiValue.map { $0 < 0x20 || $0 == 0x7F } == true ? "\u{FFFD}" : $0 })
        return "\(message)\n  \(visible)\n  \(String(repeating: " ", count: column))^"
    }
}
