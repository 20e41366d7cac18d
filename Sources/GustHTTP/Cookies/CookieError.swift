/// The reason why a cookie can't be set, with the place in the offending text.
package struct CookieError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is wrong.
    package let message: String
    /// The offending text: a name, value, path or domain.
    package let text: String
    /// The offset of the problem in ``text``, in UTF-8 bytes.
    package let offset: Int

    init(_ message: String, in text: String, at offset: Int = 0) {
        self.message = message
        self.text = text
        self.offset = min(max(offset, 0), text.utf8.count)
    }

    /// The message, the text and a mark below the place; a long text is shortened to the bytes around the place.
    public var description: String {
        let start = max(0, offset - 60)
        let shown = String(decoding: text.utf8.dropFirst(start).prefix(80), as: UTF8.self)
        let column = String(decoding: text.utf8.dropFirst(start).prefix(offset - start), as: UTF8.self).count
        // Control characters are replaced, because a terminal would interpret them.
        let visible = String(shown.map { $0.asciiValue.map { $0 < 0x20 || $0 == 0x7F } == true ? "\u{FFFD}" : $0 })
        return "\(message)\n  \(visible)\n  \(String(repeating: " ", count: column))^"
    }
}
