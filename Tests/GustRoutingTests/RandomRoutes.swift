/// A small random number generator with a seed, so that a failure can be reproduced (xorshift64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// Random patterns and paths, built from parts that often collide.
enum RandomRoutes {
    private static let plain = [
        "/a", "/ab", "/abc", "/b", "/users", "/:id", #"/(\d+)"#, "/(?P<rest>.*)", "/a?b", "/x*", "(?:/y)?", "/é",
        "/[ab]", #"/\.well"#, "/(?:a|b)", "/c{1,2}", "//", "/", "/.+",
    ]

    /// Constructs that a parser of expressions easily misreads.
    private static let odd = [
        #"\Q/a.b\E"#, #"/a\Q[\E"#, #"/\Qab\E?"#, #"/ab\E?"#, #"/\Q\E"#, #"/a\Q\E?"#, "(?i)/a", "(?i)/AB", "/a(?i)b",
        "(?i:/A)B",
        "(?-i)/a", "(?x) /a b", "(?x)/ab ?", "/ab(?x) ?", "(?x)/a#|\n", "/a(?#x)", "/ab(?#x)?", "/a(?#[)", "/a(?#|)b",
        "|/b", "/a|/b",
        "(/a|/ab)", "|", "/[[:alpha:](]", "/[]|]", "/[^]|]", #"/[\]|]"#, #"/[\Q]|\E]"#, "/ab{0}", "/ab{2}", "/a{,2}",
        "/a{", "/a{1",
        "b{1,}", "/(a)?", "(/a)*", "(/a)+", "(?:/ab){2}", "/(?=a)", "/(?!b)", "(?<=/a)b", "(?<!/b)c", "/(?>a|ab)",
        "(?|(/a)|(/b))",
        #"(/a)\1"#, "(?P<p>/b)(?P=p)", #"/\x61"#, #"/\c["#, #"/\d"#, #"/\w+?"#, "/a++", "/ab??", "/e\u{301}?",
        "/ab?\u{301}", "(*COMMIT)/a",
        "/a(*ACCEPT)b", "/a(?C1)", "(?(?=/a)/a|/b)", "(/a)?(?(1)b|/c)", #"/\K"#, "^/a", "/a$", #"\A/a\z"#, #"/\p{L}"#,
        "(?'q'/a)",
        "(?:)", "()", "(/|)", "(?J)/a", "(?s)/.", #"\/a"#, "/é?", "/éé*", "(?^)/a", "(?xx)/[a b]", "(?n)(/a)",
    ]

    private static let segments = [
        "/a", "/ab", "/abc", "/b", "/users", "/1", "/42", "/é", "/.well", "/c", "/cc", "//", "/", "/x", "/y", "b", "/A",
        "/AB", "B", "a",
        "ab", "c", "/a.b", "/a[", "[", "]", "|", "/e", "\u{301}", "?", "/a{", "{", "/[", "#", "/e\u{301}", "/éé", "*",
        ".",
    ]

    static func pattern(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in
            (Bool.random(using: &random) ? plain : odd).randomElement(using: &random) ?? "/"
        }.joined()
    }

    static func path(_ random: inout SeededGenerator) -> String {
        "/"
            + (0..<Int.random(in: 0...4, using: &random)).map { _ in segments.randomElement(using: &random) ?? "/" }
            .joined().drop { $0 == "/" && Bool.random(using: &random) }
    }
}
