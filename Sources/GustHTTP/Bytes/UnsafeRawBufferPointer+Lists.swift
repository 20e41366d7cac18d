extension UnsafeRawBufferPointer {
    /// Calls `body` with the place of each element of a field that is a list (RFC 9110 §5.6.1), trimmed, without empty elements.
    ///
    /// A separator inside of a quoted string doesn't separate. In a quoted string a backslash escapes the next byte. If a
    /// quote isn't closed, the rest of the bytes belongs to the last element.
    func forEachListElement(separator: UInt8 = UInt8(ascii: ","), _ body: (Range<Int>) -> Void) {
        var start = 0
        var isQuoted = false
        var isEscaped = false
        for index in 0..<count {
            let byte = self[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                let element = trimmed(start..<index)
                if !element.isEmpty { body(element) }
                start = index + 1
            }
        }
        let last = trimmed(start..<count)
        if !last.isEmpty { body(last) }
    }

    /// The range without the blanks at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}
