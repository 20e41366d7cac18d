/// A pattern that can't be one: what is wrong, with the place underlined.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is wrong.
    public let message: String
    /// The pattern's text; if the mistake is behind sugar (`/:name`), with the sugar written out.
    public let pattern: String
    /// Where, in bytes of the pattern's UTF-8.
    public let offset: Int
    private let length: Int

    /// A mistake at an offset, `length` bytes long.
    init(_ message: String, in pattern: String, at offset: Int, length: Int = 1) {
        self.message = message
        self.pattern = pattern
        self.offset = min(max(offset, 0), pattern.utf8.count)
        self.length = length
    }

    /// A mistake that is the last `part` of the pattern, or the whole of it.
    init(_ message: String, in pattern: String, last part: String) {
        guard let range = pattern.ranges(of: part).last else {
            self.init(message, in: pattern, at: 0, length: pattern.utf8.count)
            return
        }
        let offset = pattern.utf8.distance(from: pattern.startIndex, to: range.lowerBound)
        self.init(message, in: pattern, at: offset, length: part.utf8.count)
    }

    /// The message, the pattern, and a mark below the place.
    public var description: String {
        let before = String(decoding: pattern.utf8.prefix(offset), as: UTF8.self).count
        let marked = String(decoding: pattern.utf8.dropFirst(offset).prefix(length), as: UTF8.self).count
        let mark = String(repeating: "^", count: max(1, marked))
        return "\(message)\n  \(pattern)\n  \(String(repeating: " ", count: before))\(mark)"
    }
}
