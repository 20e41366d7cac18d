import GustHTTP

/// A pattern of paths with `*`, `**` and `?`.
struct PathGlob: Sendable {
    /// The reason why a text isn't a pattern.
    struct Mistake: Error {
        let reason: String
    }

    private enum Element: Sendable {
        case byte(UInt8)
        /// `?`: one byte that isn't a slash.
        case one
        /// `*`: any number of bytes that aren't slashes.
        case some
        /// `**`: any number of bytes.
        case all
        /// `**/`: nothing, or any bytes up to a slash.
        case directories
    }

    private let elements: [Element]
    /// Whether the pattern is compared with the last component only.
    private let isName: Bool

    /// Reads a pattern; a slash at its beginning is ignored.
    init(_ text: String) throws(Mistake) {
        guard !text.isEmpty, !text.utf8.contains(where: { "[]{}!\\".utf8.contains($0) || $0 < 0x20 }) else {
            throw Mistake(
                reason: "\"\(text)\" isn't a pattern of paths: it may have *, ** and ?, but no [, {, ! or backslash"
            )
        }
        var rest = text.utf8[...]
        isName = !rest.contains(UInt8(ascii: "/"))
        if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
        var elements: [Element] = []
        var isStart = true
        while let byte = rest.first {
            if rest.starts(with: "**/".utf8), isStart {
                elements.append(.directories)
                rest = rest.dropFirst(3)
                continue
            }
            isStart = byte == UInt8(ascii: "/")
            if rest.starts(with: "**".utf8) {
                elements.append(.all)
                rest = rest.dropFirst(2)
                continue
            }
            switch byte {
            case UInt8(ascii: "*"): elements.append(.some)
            case UInt8(ascii: "?"): elements.append(.one)
            default: elements.append(.byte(byte))
            }
            rest = rest.dropFirst()
        }
        self.elements = elements
    }

    /// Whether the pattern matches a path below the directory; in time proportional to the product of the lengths.
    func matches(_ path: String) -> Bool {
        let slash = UInt8(ascii: "/")
        let bytes = isName ? Array(path.utf8.suffix(while: { $0 != slash })) : Array(path.utf8)
        // reached[n]: whether the elements before n match the bytes read so far.
        var reached = [true] + Array(repeating: false, count: elements.count)
        skipEmpty(&reached, isComponentStart: true)
        for byte in bytes {
            var next = Array(repeating: false, count: elements.count + 1)
            for (index, element) in elements.enumerated() where reached[index] {
                switch element {
                case .byte(let wanted): if byte == wanted { next[index + 1] = true }
                case .one: if byte != slash { next[index + 1] = true }
                case .some: if byte != slash { next[index] = true }
                case .all: next[index] = true
                case .directories:
                    next[index] = true
                    if byte == slash { next[index + 1] = true }
                }
            }
            reached = next
            skipEmpty(&reached, isComponentStart: byte == slash)
        }
        return reached[elements.count]
    }

    /// Marks what is reached if elements match nothing.
    private func skipEmpty(_ reached: inout [Bool], isComponentStart: Bool) {
        for (index, element) in elements.enumerated() where reached[index] {
            switch element {
            case .some, .all: reached[index + 1] = true
            case .directories: if isComponentStart { reached[index + 1] = true }
            case .byte, .one: break
            }
        }
    }
}

extension String.UTF8View {
    /// The bytes at the end that satisfy a condition.
    fileprivate func suffix(while condition: (UInt8) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, condition(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
