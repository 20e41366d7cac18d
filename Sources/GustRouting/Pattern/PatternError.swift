/// A pattern that can't be one: what is wrong, with the place underlined.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let message: String
    /// The pattern's text.
    public let pattern: String
    /// Where, in bytes of the pattern's UTF-8.
    public let offset: Int

    init(_ message: String, in pattern: String, at offset: Int) {
        self.message = message
        self.pattern = pattern
        self.offset = min(max(offset, 0), pattern.utf8.count)
    }

    /// The message, the pattern, and a mark below the place.
    public var description: String {
        let column = String(decoding: pattern.utf8.prefix(offset), as: UTF8.self).count
        return "\(message)\n  \(pattern)\n  \(String(repeating: " ", count: column))^"
    }
}
