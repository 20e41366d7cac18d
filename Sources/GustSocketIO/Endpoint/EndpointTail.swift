import GustHTTP
import GustWire

/// Finds where the extra part of an endpoint's path may end, and the sentence of a generation begin.
///
/// - A client of Engine.IO, known by `EIO` or `transport` in the query, has all of the path for the extra part, but for a
///   slash at the end.
/// - For any other, the tail is one whole sentence of an enabled generation (``Revision/isSentence(_:)``), or the name of a
///   file of the client. The longest tail that leaves a path which the pattern matches is the right one.
///
/// A sentence has few segments, so the number of candidates is bounded, whatever the path.
struct EndpointTail: Sendable {
    let revisions: [Revision]
    let clientFiles: ClientFiles
    /// Made once, because every request of a client of Engine.IO asks for one of them.
    private static let nothing = [0]
    private static let slashOrNothing = [1, 0]

    /// The lengths of the candidates in bytes, the longest first.
    func lengths(_ path: String, _ query: String?) -> [Int] {
        let query = Query(query ?? "")
        var parts = AddressParts(path: "") { query[$0] }
        if parts.speaksEngineIO { return path.utf8.last == UInt8(ascii: "/") ? Self.slashOrNothing : Self.nothing }
        var lengths: [Int] = []
        for start in starts(of: path) {
            let tail = path[start...]
            parts.path = String(tail)
            guard clientFiles.has(tail) || revisions.contains(where: { $0.isSentence(parts) }) else { continue }
            lengths.append(tail.utf8.count)
        }
        return lengths
    }

    /// The last places in the path where a sentence can begin, the first one first: slashes, and the end.
    private func starts(of path: String) -> [String.Index] {
        var starts = [path.endIndex]
        var rest = path.utf8[...]
        while starts.count < AddressParts.maximumSegments, let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
            starts.append(slash)
            rest = rest[..<slash]
        }
        return starts.reversed()
    }
}
