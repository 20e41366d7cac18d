import GustHTTP

/// Finds the tags in the text of a template.
struct TemplateScanner {
    /// A tag.
    struct Tag {
        /// The first byte of `#^/!><$=&{`; nil for a value.
        let sigil: UInt8?
        /// The text inside, without the sigil and without spaces at both ends.
        let content: Range<Int>
        /// The whole tag with its braces.
        let place: TemplatePlace
    }

    let source: TemplateSource
    private var opening = Array("{{".utf8)
    private var closing = Array("}}".utf8)

    init(_ source: TemplateSource) { self.source = source }

    /// The first tag at or behind an offset; nil if there is none.
    ///
    /// A tag that changes the delimiters is applied to the tags behind it.
    mutating func next(from offset: Int) throws(TemplateError) -> Tag? {
        let bytes = source.bytes
        guard let start = Self.find(opening, in: bytes, from: offset) else { return nil }
        var inside = start + opening.count
        var sigil: UInt8?
        if inside < bytes.count, "#^/!><$=&".utf8.contains(bytes[inside]) {
            sigil = bytes[inside]
        } else if inside < bytes.count, bytes[inside] == UInt8(ascii: "{"), opening.elementsEqual("{{".utf8) {
            sigil = bytes[inside]
        }
        if sigil != nil { inside += 1 }
        let end: [UInt8] =
            switch sigil {
            case UInt8(ascii: "{"): [UInt8(ascii: "}")] + closing
            case UInt8(ascii: "="): [UInt8(ascii: "=")] + closing
            default: closing
            }
        guard let close = Self.find(end, in: bytes, from: inside) else {
            let line = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let braces = String(decoding: end, as: UTF8.self)
            throw TemplatePlace(source: source, range: start..<line).error(
                .malformed,
                "the end of the tag, \(braces), is missing"
            )
        }
        let content = trimmed(inside..<close)
        let place = TemplatePlace(source: source, range: start..<close + end.count)
        if sigil == UInt8(ascii: "=") { try changeDelimiters(content, place) }
        return Tag(sigil: sigil, content: content, place: place)
    }

    private mutating func changeDelimiters(_ content: Range<Int>, _ place: TemplatePlace) throws(TemplateError) {
        // bytes: these are bytes.
        let words = source.bytes[content].split { $0.isTemplateSpace }
        guard words.count == 2, words.allSatisfy({ !$0.contains(UInt8(ascii: "=")) }) else {
            throw place.error(.malformed, "two delimiters without = are needed, such as {{=<% %>=}}")
        }
        opening = Array(words[0])
        closing = Array(words[1])
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, source.bytes[start].isTemplateSpace { start += 1 }
        while start < end, source.bytes[end - 1].isTemplateSpace { end -= 1 }
        return start..<end
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from offset: Int) -> Int? {
        guard let first = wanted.first else { return nil }
        var start = offset
        while let found = bytes[start...].firstIndex(of: first) {
            if bytes[found...].starts(with: wanted) { return found }
            start = found + 1
        }
        return nil
    }
}
