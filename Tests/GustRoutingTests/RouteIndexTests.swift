import Testing

@testable import GustRouting

/// For all routes and paths, the index must find the same route as a scan in order of declaration.
@Suite struct RouteIndexTests {
    @Test(arguments: 0..<100)
    func `the index finds the same route as a scan`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // The scan below uses only PCRE2 with its own patterns: no index, no tree and no literal prefixes.
        var patterns: [Pattern] = []
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            if let pattern = try? Pattern(RandomRoutes.pattern(&random)) { patterns.append(pattern) }
        }
        let index = RouteIndex(
            patterns.map { RouteIndex.Prefix(text: $0.literalPrefix, isWhole: $0.isLiteral) }
        )
        for number in 0..<300 {
            // Every third path is one that a pattern begins with, which is all of it if the pattern is literal.
            let isPrefix = number.isMultiple(of: 3)
            let prefix = isPrefix ? patterns.randomElement(using: &random)?.literalPrefix : nil
            let path = prefix ?? RandomRoutes.path(&random)
            let scanned = patterns.firstIndex { $0.matches(path) }
            let indexed = index.candidates(for: path).first { patterns[$0].matches(path) }
            #expect(indexed == scanned, "\(path) is for \(scanned.map { patterns[$0].text } ?? "nothing")")
        }
    }

    @Test func `a literal pattern is a candidate for its own path only`() throws {
        let texts = ["/", "/a", "/a/(b|c)", "/a/b", "/(.*)", "/a"]
        let index = RouteIndex(
            try texts.map { text in
                let pattern = try Pattern(text)
                return RouteIndex.Prefix(text: pattern.literalPrefix, isWhole: pattern.isLiteral)
            }
        )
        #expect(index.candidates(for: "/") == [0, 4])
        #expect(index.candidates(for: "/a") == [1, 4, 5])
        #expect(index.candidates(for: "/a/") == [2, 4])
        #expect(index.candidates(for: "/a/b") == [2, 3, 4])
        #expect(index.candidates(for: "/a/bc") == [2, 4])
        #expect(index.candidates(for: "/b") == [4])
        #expect(index.candidates(for: "").isEmpty)
    }

    @Test(arguments: 0..<100)
    func `every match begins with the literal prefix`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1_000)
        for _ in 0..<40 {
            guard let pattern = try? Pattern(RandomRoutes.pattern(&random)), !pattern.literalPrefix.isEmpty else {
                continue
            }
            // These paths differ from the prefix in its last character: a prefix that is too long by one would exclude
            // them.
            let prefix = pattern.literalPrefix
            let near = (0...prefix.unicodeScalars.count).map { String(prefix.unicodeScalars.prefix($0)) }
            for path in near.flatMap({ [$0, $0 + "a", $0 + "b", $0 + "/a"] })
                + (0..<50).map({ _ in RandomRoutes.path(&random) })
            where pattern.matches(path) {
                #expect(path.utf8.starts(with: prefix.utf8), "\(path) matches \(pattern), the prefix is \(prefix)")
            }
        }
    }

    @Test(arguments: 0..<20)
    func `the router answers with the route that its index finds`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 2_000)
        var routes = Routes()
        var texts: Set<String> = []
        for number in 0..<20 {
            let text = RandomRoutes.pattern(&random)
            guard (try? Pattern(text)) != nil, texts.insert(text).inserted else { continue }
            routes.get(text) { _ in "\(number)" }
        }
        let router = try routes.build()
        for _ in 0..<100 {
            let path = RandomRoutes.path(&random)
            #expect(router.match(path, scanning: false) == router.match(path, scanning: true), "\(path)")
        }
    }

    @Test(arguments: [
        ("/users/(\\d+)", "/users/"), ("/a?b", "/"), ("/ab*", "/a"), ("/x{2}", "/xx"), ("/a|/b", "/"),
        ("/(?:a|b)c", "/"),
        (#"/a\.b(c)"#, "/a.bc"), (#"/\d"#, "/"), ("/[|]x", "/"), ("/é+", "/é"), (#"/\Qa.b\E/x*"#, "/a.b/"),
        ("(?:/admin|/audit)/x", "/a"), ("(?P<x>/a)/b", "/a/b"), ("/a$", "/a"), ("/ab(?#x)?", "/a"),
        ("/a(?x) b", "/"), (#"/a\Q[\E|/b"#, "/"), ("/a(?#[)|/b", ""), ("/a[[:alpha:](]|/b", "/"), (#"/\c[|x"#, ""),
        ("(?i)/a", ""),
        ("/ab?\u{301}", "/a"), (#"/ab\E?"#, "/a"), ("/a{,2}b", "/"),
        ("/(?:ab*|a)c", "/a"), ("/(?:a|ab*)c", "/a"),
    ])
    func `every match begins with the pattern's literal prefix`(text: String, prefix: String) throws {
        #expect(try Pattern(text).literalPrefix == prefix)
    }

    @Test func `a very long literal prefix is cut`() throws {
        let pattern = try Pattern("/(?:ab){300}(?:ab){300}c")
        #expect((200...202).contains(pattern.literalPrefix.utf8.count))
        #expect(pattern.matches("/" + String(repeating: "ab", count: 600) + "c"))
    }
}
