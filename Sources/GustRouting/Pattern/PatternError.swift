/// A mistake in a pattern, with its place.
package struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// A description of the mistake.
    package let message: String
    /// The pattern's text; if PCRE2 refused the expression, with every `/:name` expanded.
    package let pattern: String
    /// The offset of the mistake, in bytes of the UTF-8 of ``pattern``.
    package let offset: Int
    private let length: Int

    /// Makes an error about `length` bytes at an offset.
    init(_ message: String, in pattern: String, at offset: Int, length: Int = 1) {
        self.message = message
        self.pattern = pattern
        self.offset = min(max(offset, 0), pattern.utf8.count)
        self.length = length
    }

    /// Makes an error about the last occurrence of `part` in the pattern, or about the whole pattern if `part` isn't in
    /// it.
    init(_ message: String, in pattern: String, last part: String) {
        guard let range = pattern.ranges(of: part).last else {
            self.init(message, in: pattern, at: 0, length: pattern.utf8.count)
            return
        }
        let offset = pattern.utf8.distance(from: pattern.startIndex, to: range.lowerBound)
        self.init(message, in: pattern, at: offset, length: part.utf8.count)
    }

    /// The message, the pattern, and a line that underlines the mistake.
    package var description: String {
        let before = String(decoding: pattern.utf8.prefix(offset), as: UTF8.self).count
        let marked = String(decoding: pattern.utf8.dropFirst(offset).prefix(length), as: UTF8.self).count
        let mark = String(repeating: "^", count: max(1, marked))
        return "\(message)\n  \(pattern)\n  \(String(repeating: " ", count: before))\(mark)"
    }
}
