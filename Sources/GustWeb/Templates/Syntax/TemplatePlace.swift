/// A tag in the text of a template, by its offsets in bytes.
struct TemplatePlace: Sendable {
    let source: TemplateSource
    let range: Range<Int>

    /// The line, the column and the text of the line; counted when a mistake is reported.
    var location: TemplateLocation {
        let bytes = source.bytes
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<range.lowerBound].lastIndex(of: newline).map { $0 + 1 } ?? 0
        var end = bytes[range.lowerBound...].firstIndex(of: newline) ?? bytes.endIndex
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let tagEnd = min(range.upperBound, max(end, range.lowerBound))
        return TemplateLocation(
            file: source.file,
            line: bytes[..<start].count { $0 == newline } + 1,
            column: Self.count(bytes[start..<range.lowerBound]) + 1,
            length: max(1, Self.count(bytes[range.lowerBound..<tagEnd])),
            sourceLine: String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
        )
    }

    /// An error at this place.
    func error(_ kind: TemplateError.Kind, _ reason: String) -> TemplateError {
        TemplateError(kind, reason, at: location)
    }

    /// The number of code points: of all bytes but continuation bytes.
    private static func count(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }
}
