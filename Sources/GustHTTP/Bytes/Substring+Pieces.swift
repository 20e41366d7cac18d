// Splitting of text from outside at ASCII bytes, so that a combining character after a separator can't hide the separator.

extension Substring {
    /// The pieces between the bytes `separator`; a text without a separator is one piece.
    ///
    /// - Parameters:
    ///   - separator: An ASCII byte.
    ///   - maxSplits: The maximum number of cuts; the rest of the text is the last piece.
    ///   - keepsEmpty: Whether empty pieces are kept.
    /// - Returns: The pieces in order, untrimmed.
    package func pieces(on separator: UInt8, maxSplits: Int = .max, keepsEmpty: Bool = true) -> [Substring] {
        utf8.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: !keepsEmpty)
            .map { Substring($0) }
    }

    /// The parts before and after the first byte `separator`; nil if the text has no separator.
    package func parted(at separator: UInt8) -> (before: Substring, behind: Substring)? {
        guard let index = utf8.firstIndex(of: separator) else { return nil }
        return (self[..<index], self[utf8.index(after: index)...])
    }

    /// The elements of a list of tokens (RFC 9110 §5.6.1), trimmed, without empty elements.
    ///
    /// Quotes have no meaning in such a list: every comma separates.
    package func tokenElements() -> [Substring] {
        pieces(on: UInt8(ascii: ","), keepsEmpty: false).map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    }

    /// The elements of a field that is a list (RFC 9110 §5.6.1), trimmed, without empty elements.
    ///
    /// A separator inside of a quoted string doesn't separate. In a quoted string a backslash escapes the next byte. If a
    /// quote isn't closed, the rest of the text belongs to the last element.
    /// - Parameter separator: An ASCII byte.
    /// - Returns: The elements in order.
    package func listElements(separator: UInt8 = UInt8(ascii: ",")) -> [Substring] {
        var elements: [Substring] = []
        var text = self
        text.withUTF8 { bytes in
            UnsafeRawBufferPointer(bytes).forEachListElement(separator: separator) { place in
                let start = utf8.index(startIndex, offsetBy: place.lowerBound)
                elements.append(self[start..<utf8.index(start, offsetBy: place.count)])
            }
        }
        return elements
    }

    /// The text of a quoted string without quotes and escapes (RFC 9110 §5.6.4); the text itself if it isn't quoted.
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
    /// The pieces between the bytes `separator`; see the method of `Substring`.
    package func pieces(on separator: UInt8, maxSplits: Int = .max, keepsEmpty: Bool = true) -> [Substring] {
        self[...].pieces(on: separator, maxSplits: maxSplits, keepsEmpty: keepsEmpty)
    }

    /// The elements of a list of tokens; see the method of `Substring`.
    package func tokenElements() -> [Substring] { self[...].tokenElements() }

    /// The elements of a field that is a list; see the method of `Substring`.
    package func listElements() -> [Substring] { self[...].listElements() }
}
