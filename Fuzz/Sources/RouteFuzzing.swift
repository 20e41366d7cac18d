import GustHTTP

@testable import GustRouting

/// Fuzzes paths against patterns of every kind: the index contains each pattern that matches, and no match takes long.
enum RouteFuzzing {
    private static let patterns: [Pattern] = [
        "/", "/plain", "/plain/", "/caf\u{E9}", "/:name", "/users/:id/posts/:post", #"/(?P<year>\d{4})/([a-z]+)"#,
        "/files/(.*)", "/a|/b", "/ab?c", "/ab*(?:/(?P<rest>.+))?", #"/v1\.0/.*"#, "/(?i)Case", "/x{2,3}y",
        "/(a+)+b", "/(a|a)*c", #"/(\w+\s?)*!"#, "/(?:é|ü)+", "(?:/m|/n)/o", "/[^/]+/[]x]", "/%2F/(.*)",
    ].compactMap { try? Pattern($0) }

    private static let index = RouteIndex(
        patterns.map { RouteIndex.Prefix(text: $0.literalPrefix, isWhole: $0.isLiteral) }
    )

    static func run(_ input: Input) {
        guard let text = input.text, let target = RequestTarget(text) else { return }
        let path = target.matchingPath
        let candidates = index.candidates(for: path)
        require(candidates == candidates.sorted(), "candidates out of order")
        for (number, pattern) in patterns.enumerated() {
            let captures = pattern.match(path)
            require((captures != nil) == pattern.matches(path), "\(pattern) and \(path): match and captures differ")
            guard let captures else { continue }
            require(candidates.contains(number), "the index leaves out \(pattern) for \(path)")
            let length = captures.all.reduce(0) { $0 + ($1.value?.utf8.count ?? 0) }
            require(length <= captures.all.count * path.utf8.count, "captures of \(length) bytes")
        }
    }
}
