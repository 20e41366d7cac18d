package import GustHTTP

/// The end of a path that isn't part of a route's pattern, because the route's handler reads it by a grammar of its own.
///
/// The pattern must match what stands in front of the tail. The tail is the last of the captures.
package struct RouteTail: Sendable {
    /// The name of the capture.
    package var name: String { names[0] ?? "" }
    /// The name as a list of captures has it, made once.
    private let names: [String?]
    /// How long, in bytes, the tails are that a path may have, in the order in which they are tried.
    ///
    /// Gets the path as patterns see it, and the text of the query.
    package let lengths: @Sendable (_ path: String, _ query: String?) -> [Int]
    /// Whether a tail may follow what the pattern captured in front of it.
    package let follows: @Sendable (_ tail: Substring, _ captures: Captures) -> Bool

    /// Makes the rule of a tail.
    package init(
        _ name: String,
        lengths: @escaping @Sendable (_ path: String, _ query: String?) -> [Int],
        follows: @escaping @Sendable (_ tail: Substring, _ captures: Captures) -> Bool
    ) {
        names = [name]
        self.lengths = lengths
        self.follows = follows
    }

    /// The captures of `pattern` and the tail, for the first tail that leaves a path which the pattern matches.
    func match(_ pattern: Pattern, _ path: String, query: String?) -> Captures? {
        for length in lengths(path, query) {
            let start = path.utf8.index(path.endIndex, offsetBy: -length)
            let tail = path[start...]
            guard let captures = pattern.match(String(path[..<start])), follows(tail, captures) else { continue }
            let text = String(tail)
            return Captures(names: names, text: text, bounds: [Captures.Bounds(0, length)]).prepending(captures)
        }
        return nil
    }
}
