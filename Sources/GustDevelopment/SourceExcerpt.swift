import GustHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The lines of a template around the place that the text of an error names, such as `Templates/page.mustache:3`.
struct SourceExcerpt: Sendable, Encodable {
    struct Line: Sendable, Encodable {
        let number: Int
        let text: String
        let isMarked: Bool
    }

    private static let mark = Array(".mustache:".utf8)
    private static let maximumLength = 262_144
    /// How many lines are shown before and behind the place.
    private static let context = 4

    /// File and line.
    let place: String
    let lines: [Line]

    /// Reads the file; nil if the text names none, or the file can't be read or has no such line.
    init?(namedIn text: String) {
        let bytes = Array(text.utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: Self.mark) }) else { return nil }
        let end = start + Self.mark.count
        let name = bytes[..<(end - 1)].reversed().prefix { !" \"'\n(".utf8.contains($0) }.reversed()
        guard let line = Int(String(decoding: bytes[end...].prefix { (0x30...0x39).contains($0) }, as: UTF8.self)),
            let data = FileManager.default.contents(atPath: String(decoding: name, as: UTF8.self)),
            data.count <= Self.maximumLength
        else { return nil }
        let all = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard line >= 1, line <= all.count else { return nil }
        place = "\(String(decoding: name, as: UTF8.self)):\(line)"
        lines = (max(1, line - Self.context)...min(all.count, line + Self.context)).map { number in
            Line(number: number, text: String(decoding: all[number - 1], as: UTF8.self), isMarked: number == line)
        }
    }
}
