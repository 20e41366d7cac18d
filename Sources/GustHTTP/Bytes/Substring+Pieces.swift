// Pieces of text from outside, cut at bytes of ASCII: no character that stands beside a separator hides it.

extension Substring {
    /// The pieces between the bytes `separator`, each as it is; a text without one is one piece.
    ///
    /// - Parameters:
    ///   - separator: a byte of ASCII.
    ///   - maxSplits: how often the text is cut at most; what is left is the last piece.
    ///   - keepsEmpty: whether empty pieces are kept.
    /// - Returns: the pieces in order.
    package func pieces(on separator: UInt8, maxSplits: Int = .max, keepsEmpty: Bool = true) -> [Substring] {
        utf8.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: !keepsEmpty)
            .map { Substring($0) }
    }

    /// The two parts before and behind the first byte `separator`; nil if there is none.
    package func parted(at separator: UInt8) -> (before: Substring, behind: Substring)? {
        guard let index = utf8.firstIndex(of: separator) else { return nil }
        return (self[..<index], self[utf8.index(after: index)...])
    }

    /// The elements of a list of tokens (RFC 9110 §5.6.1), without blanks at their ends and without empty ones.
    ///
    /// A quote has no meaning there: every comma separates.
    package func tokenElements() -> [Substring] {
        pieces(on: UInt8(ascii: ","), keepsEmpty: false).map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    }

    /// The elements of a field that is a list (RFC 9110 §5.6.1), without blanks at their ends and without empty ones.
    ///
    /// A separator inside of a quoted string belongs to its element, and so does one behind a backslash there. A quote that
    /// isn't closed makes what is left the last element.
    /// - Parameter separator: a byte of ASCII.
    /// - Returns: the elements in order.
    package func listElements(separator: UInt8 = UInt8(ascii: ",")) -> [Substring] {
        var elements: [Substring] = []
        var start = startIndex
        var isQuoted = false
        var isEscaped = false
        func end(at index: Index) {
            let element = self[start..<index].trimmingSpaces()
            if !element.isEmpty { elements.append(element) }
        }
        for index in utf8.indices {
            let byte = utf8[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                end(at: index)
                start = utf8.index(after: index)
            }
        }
        end(at: endIndex)
        return elements
    }

    /// The text of a quoted string without its quotes and escapes (RFC 9110 §5.6.4); the text itself if it is none.
    package func unquoted() -> String {
        guard utf8.count >= 2, utf8.first == UInt8(ascii: "\""), utf8.last == UInt8(ascii: "\"") else {
            return String(self)
        }
        var isEscaped = false
        return String(
            decoding: utf8.dropFirst().dropLast().filter { byte in
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                return !isEscaped
            },
            as: UTF8.self
        )
    }
}

extension String {
    /// The pieces between the bytes `separator`; see ``Substring``.
    package func pieces(on separator: UInt8, maxSplits: Int = .max, keepsEmpty: Bool = true) -> [Substring] {
        self[...].pieces(on: separator, maxSplits: maxSplits, keepsEmpty: keepsEmpty)
    }

    /// The elements of a list of tokens; see ``Substring``.
    package func tokenElements() -> [Substring] { self[...].tokenElements() }

    /// The elements of a field that is a list; see ``Substring``.
    package func listElements() -> [Substring] { self[...].listElements() }
}
