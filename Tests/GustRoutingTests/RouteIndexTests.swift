import GustHTTP
import Testing

@testable import GustRouting

/// The index must give the very answer of a scan in order of declaration, for whatever routes and paths.
@Suite struct RouteIndexTests {
    private static let parts = [
        "/a", "/ab", "/abc", "/b", "/users", "/:id", #"/(\d+)"#, "/(?P<rest>.*)", "/a?b", "/x*", "(?:/y)?", "/é",
        "/[ab]",
        #"/\.well"#, "/(?:a|b)", "/c{1,2}", "//", "/", "/.+",
    ]
    private static let segments = [
        "/a", "/ab", "/abc", "/b", "/users", "/1", "/42", "/é", "/.well", "/c", "/cc", "//", "/", "/x", "/y", "b",
    ]

    @Test(arguments: 0..<50)
    func `the index answers as a scan does`(seed: UInt64) throws {
        var random = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        var routes = Routes()
        for number in 0..<Int.random(in: 1...40, using: &random) {
            let pattern = (0..<Int.random(in: 1...3, using: &random))
                .map { _ in Self.parts.randomElement(using: &random) ?? "/" }.joined()
            guard (try? Pattern(pattern)) != nil
            else { continue }
            routes.get(pattern) { _ in "\(number)" }
        }
        let router = try routes.build()
        for _ in 0..<200 {
            let path = (0..<Int.random(in: 1...4, using: &random))
                .map { _ in Self.segments.randomElement(using: &random) ?? "/" }.joined()
            guard let target = RequestTarget(path) else { continue }
            let indexed = router.match(target.matchingPath, scanning: false)
            #expect(indexed == router.match(target.matchingPath, scanning: true), "\(path) in\n\(router.listing)")
        }
    }

    /// A small generator with a seed, so that a failure can be repeated (xorshift64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
