import GustHTTP
import Testing

@Suite struct RequestTargetTests {
    @Test func `path and query are stored as they were sent`() {
        let target = RequestTarget("/a%20b//c?d=%20&e?f")
        #expect(target?.path == "/a%20b//c")
        #expect(target?.queryText == "d=%20&e?f")
        #expect(target?.text == "/a%20b//c?d=%20&e?f")
    }

    @Test(arguments: [
        ("/a%20b", "/a b"), ("/%41", "/A"), ("/%C3%A9", "/é"), ("/a%2Fb", "/a%2Fb"), ("/a%2fb", "/a%2Fb"),
        ("/%252F", "/%252F"), ("/a//b/", "/a//b/"), ("/%2e%2e/x", "/../x"), ("*", "*"),
    ])
    func `the matching path is decoded once, except for slashes and per cent signs`(sent: String, seen: String) {
        #expect(RequestTarget(sent)?.matchingPath == seen)
    }

    @Test(arguments: [
        "", "a", "http://x/", "/%", "/%4", "/%zz", "/%00", "/%1f", "/%7f", "/a b", "/\u{1}", "/%80", "/%ed%a0%80",
    ])
    func `an invalid target is refused`(text: String) {
        #expect(RequestTarget(text) == nil)
    }

    @Test func `the only target without a slash is an asterisk`() {
        #expect(RequestTarget("*")?.path == "*")
        #expect(RequestTarget("*/a") == nil)
        #expect(RequestTarget("**") == nil)
    }

    @Test func `a query is neither decoded nor checked for escapes`() {
        let target = RequestTarget("/a?b=%zz&c=%00")
        #expect(target?.matchingPath == "/a")
        #expect(target?.queryText == "b=%zz&c=%00")
        #expect(RequestTarget("/a?")?.queryText == "")
        #expect(RequestTarget("/a?")?.text == "/a?")
    }

    @Test(arguments: [[0x2F, 0xFF], [0x2F, 0x3F, 0xFF], [0x2F, 0xC3], [0x2F, 0xED, 0xA0, 0x80], []] as [[UInt8]])
    func `a target with bytes that aren't UTF-8 is refused`(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBufferPointer { RequestTarget(bytes: $0) } == nil)
    }

    @Test(arguments: [
        ("/mount/a/b?c=d", "/a/b", "/a/b?c=d"), ("/m%C3%B6unt/a%2Fb/", "/a%2Fb/", "/a%2Fb/"),
        ("/mount/%61", "/a", "/%61"), ("/mount/", "/", "/"), ("/a/a/a", "/a/a", "/a/a"),
    ])
    func `the tail of a target is the end of the path as it was sent, with the query`(
        sent: String,
        rest: String,
        left: String
    ) throws {
        let tail = try #require(RequestTarget(sent)).tail(rest[...])
        #expect(tail.text == left)
        #expect(tail.matchingPath == rest)
    }
}
