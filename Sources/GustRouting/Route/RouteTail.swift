package import GustHTTP

/// The end of a path that a route's handler parses by a grammar of its own, instead of the route's pattern.
///
/// The pattern must match the part of the path before the tail. The tail is appended to the captures.
package struct RouteTail: Sendable {
    /// The name of the capture that holds the tail.
    package var name: String { names[0] ?? "" }
    /// The name in the form that ``Captures`` needs, made once.
    private let names: [String?]
    /// The possible lengths of the tail in bytes, in the order in which they are tried.
    ///
    /// The arguments are the path that patterns are matched against, and the text of the query.
    package let lengths: @Sendable (_ path: String, _ query: String?) -> [Int]
    /// Whether a tail is valid after the captures of the pattern before it.
    package let follows: @Sendable (_ tail: Substring, _ captures: Captures) -> Bool

    /// Makes a rule for tails with the name of their capture.
    package init(
        _ name: String,
        lengths: @escaping @Sendable (_ path: String, _ query: String?) -> [Int],
        follows: @escaping @Sendable (_ tail: Substring, _ captures: Captures) -> Bool
    ) {
        names = [name]
        self.lengths = lengths
        self.follows = follows
    }

    /// The captures of `pattern` and the tail, for the first tail before which the pattern matches; nil if there is
    /// none.
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
