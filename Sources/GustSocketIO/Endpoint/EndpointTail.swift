import GustHTTP
import GustWire

/// Finds where the extra part of an endpoint's path may end, and where the part that belongs to the
/// protocol begins (the tail).
///
/// - The path of an Engine.IO client, recognised by `EIO` or `transport` in the query, has no tail except a slash at
///   the end.
/// - For any other client the tail is a complete path of an enabled revision (``Revision/isSentence(_:)``), or the name
///   of a file of the browser client. Of several such tails, the longest whose remaining path matches the pattern is
///   used.
///
/// A tail has few segments, so the number of candidates is bounded for any path.
struct EndpointTail: Sendable {
    let revisions: [Revision]
    let clientFiles: ClientFiles
    /// Whether the path of an Engine.IO client must have a slash at its end.
    let requiresSlash: Bool
    /// The lengths for Engine.IO clients, kept here because each of their requests needs one of these arrays.
    private static let nothing = [0]
    private static let slashOrNothing = [1, 0]
    private static let slash = [1]

    /// The lengths of the possible tails in bytes, the longest first.
    func lengths(_ path: String, _ query: String?) -> [Int] {
        var parts = AddressParts(path: "", query: AddressQuery(Query(query ?? "")))
        if parts.speaksEngineIO {
            guard path.utf8.last == UInt8(ascii: "/") else { return requiresSlash ? [] : Self.nothing }
            return requiresSlash ? Self.slash : Self.slashOrNothing
        }
        var lengths: [Int] = []
        for start in starts(of: path) {
            let tail = path[start...]
            parts.path = String(tail)
            guard clientFiles.has(tail) || revisions.contains(where: { $0.isSentence(parts) }) else { continue }
            lengths.append(tail.utf8.count)
        }
        return lengths
    }

    /// The positions where a tail can begin, in ascending order: the last slashes of the path, and its end.
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
