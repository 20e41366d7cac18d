#if Configuration
/// Finds the name that somebody may have meant.
enum NearestName {
    private static let maximumLength = 200

    /// The name with the smallest edit distance from `text`; nil if none is near.
    static func nearest(to text: String, in names: [String]) -> String? {
        let limit = max(2, text.utf8.count / 2)
        let distances = names.map { ($0, distance(Array(text.utf8), Array($0.utf8))) }
        return distances.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// How many bytes must be inserted, removed or replaced (Levenshtein).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard left.count <= maximumLength, right.count <= maximumLength else { return .max }
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 0..<right.count {
                let replaced = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
#endif
