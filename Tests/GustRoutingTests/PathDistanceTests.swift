import Testing

@testable import GustRouting

/// How alike a path and a pattern are.
@Suite struct PathDistanceTests {
    @Test(arguments: [
        ("/settings", "/settings", 0), ("/setings", "/settings", 1), ("/users/7", "/users/:id", 1),
        ("/user/7", "/users/:id", 2),
        ("/users", "/users/:id", 2), ("/users/7/posts", "/users/:id", 3), ("", "", 0),
    ]) func `a distance counts the bytes that differ, and little for a capture`(
        path: String,
        pattern: String,
        distance: Int
    ) {
        #expect(PathDistance(path)(to: pattern) == distance)
    }

    @Test func `long paths are cut, so that a comparison is cheap`() {
        let path = "/" + String(repeating: "a", count: 100_000)
        #expect(PathDistance(path)(to: "/b") <= 257)
    }
}
