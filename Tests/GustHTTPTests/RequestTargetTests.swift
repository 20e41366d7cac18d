import GustHTTP
import Testing

@Suite struct RequestTargetTests {
    @Test func `path and query are kept as they were sent`() {
        let target = RequestTarget("/a%20b//c?d=%20&e?f")
        #expect(target?.path == "/a%20b//c")
        #expect(target?.queryText == "d=%20&e?f")
        #expect(target?.text == "/a%20b//c?d=%20&e?f")
    }

    @Test(arguments: [
        ("/a%20b", "/a b"), ("/%41", "/A"), ("/%C3%A9", "/é"), ("/a%2Fb", "/a%2Fb"), ("/a%2fb", "/a%2Fb"),
        ("/%252F", "/%252F"), ("/a//b/", "/a//b/"), ("/%2e%2e/x", "/../x"), ("*", "*"),
    ])
    func `patterns see the path decoded once, encoded slashes and percents as they are`(sent: String, seen: String) {
        #expect(RequestTarget(sent)?.matchingPath == seen)
    }

    @Test(arguments: [
        "", "a", "http://x/", "/%", "/%4", "/%zz", "/%00", "/%1f", "/%7f", "/a b", "/\u{1}", "/%80", "/%ed%a0%80",
    ])
    func `what can't be a path isn't one`(text: String) {
        #expect(RequestTarget(text) == nil)
    }
}
