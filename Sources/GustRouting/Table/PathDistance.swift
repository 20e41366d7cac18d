/// How many bytes of a path must change so that a pattern could match it.
///
/// The pattern is divided at its slashes. A segment with a capture or an expression is taken to match any one segment at the cost of one byte,
/// so that a literal route is nearer. It is a guide for people: an expression may match more, or less.
struct PathDistance {
    /// Longer texts are cut, so that a comparison is cheap.
    private static let maximumLength = 256

    private let segments: [[UInt8]]

    init(_ path: String) { segments = Self.segments(path) }

    /// The distance to a pattern.
    func callAsFunction(to pattern: String) -> Int {
        let wanted = Self.segments(pattern)
        var row = [0]
        for segment in segments { row.append(row[row.count - 1] + segment.count + 1) }
        for want in wanted {
            let isAny = Self.isExpression(want)
            var next = [row[0] + (isAny ? 2 : want.count + 1)]
            for (index, segment) in segments.enumerated() {
                let change = isAny ? 1 : Self.distance(segment, want)
                next.append(
                    min(
                        row[index] + change,
                        row[index + 1] + (isAny ? 2 : want.count + 1),
                        next[index] + segment.count + 1
                    )
                )
            }
            row = next
        }
        return row[row.count - 1]
    }

    private static func segments(_ text: String) -> [[UInt8]] {
        text.utf8.prefix(maximumLength).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Array($0) }
    }

    private static func isExpression(_ segment: [UInt8]) -> Bool {
        segment.contains { byte in ":*([\\?+{|".utf8.contains { $0 == byte } }
    }

    /// The edit distance of two texts (Levenshtein).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let change = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
