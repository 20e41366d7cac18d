import GustHTTP

/// The line that has a tag.
struct LineAround {
    /// The beginning of the blanks before the tag if ``isFirst``; the beginning of the tag otherwise.
    let start: Int
    /// The end of the line with its line break.
    let end: Int
    /// Whether only blanks are before the tag.
    let isFirst: Bool
    /// Whether only blanks are behind the tag.
    let isLast: Bool

    /// Looks at the text around a tag; `offset` is the end of the tag before it.
    init(_ tag: TemplateScanner.Tag, in source: TemplateSource, from offset: Int) {
        let bytes = source.bytes
        let range = tag.place.range
        var start = range.lowerBound
        while start > offset, bytes[start - 1].isBlank { start -= 1 }
        isFirst = source.isLineStart(start)
        self.start = isFirst ? start : range.lowerBound
        var end = range.upperBound
        while end < bytes.count, bytes[end].isBlank { end += 1 }
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[end + 1] == UInt8(ascii: "\n") { end += 1 }
        isLast = end == bytes.count || bytes[end] == UInt8(ascii: "\n")
        self.end = end == bytes.count ? end : end + 1
    }
}
