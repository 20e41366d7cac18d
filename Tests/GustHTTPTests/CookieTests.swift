import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Reading the cookies of requests and writing those of responses.
@Suite struct CookieTests {
    private func request(_ headers: HTTPFields = [:], isSecure: Bool = false) throws -> Request {
        Request(
            method: .get,
            target: try #require(RequestTarget("/")),
            headers: headers,
            peer: Peer(isSecure: isSecure),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
    }

    private func fields(_ cookie: Cookie, isSecure: Bool = false) throws -> [String] {
        var response = Response()
        try response.setCookie(cookie, for: try request(isSecure: isSecure))
        return response.headers[values: .setCookie]
    }

    @Test(arguments: [
        ("a=1; b=2", [("a", "1"), ("b", "2")]),
        // Repeated names are kept; the longest path comes first.
        ("a=1; a=2", [("a", "1"), ("a", "2")]),
        // Quotes belong to the value, and don't hide a semicolon.
        (#"a="1"; b="x;y""#, [("a", #""1""#), ("b", #""x"#), ("", #"y""#)]),
        // Text without "=" is the value of a cookie without a name.
        ("lonely; =alone; a=", [("", "lonely"), ("", "alone"), ("a", "")]),
        ("a=b=c ;\td = e f ;; ;", [("a", "b=c"), ("d", "e f")]),
        ("a=%20+\"; b=é", [("a", "%20+\""), ("b", "é")]),
        ("$Version=1; a\u{7F}=b", [("$Version", "1"), ("a\u{7F}", "b")]),
        ("", []),
    ])
    func `cookies are read as browsers send them`(text: String, expected: [(String, String)]) {
        let pairs = Array(Cookies(text))
        #expect(pairs.map(\.name) == expected.map(\.0))
        #expect(pairs.map(\.value) == expected.map(\.1))
    }

    @Test func `of several cookies with one name the first counts, and all values can be read`() throws {
        var headers = HTTPFields()
        // HTTP/2 clients split the field (RFC 9113 §8.2.3).
        headers.append(HTTPField(name: .cookie, value: "a=1"))
        headers.append(HTTPField(name: .cookie, value: "b=2; a=3"))
        let cookies = try request(headers).cookies
        #expect(cookies["a"] == "1")
        #expect(cookies.values(of: "a") == ["1", "3"])
        #expect(cookies["c"] == nil)
        #expect(try request().cookies["a"] == nil)
    }

    @Test func `at most a thousand cookies are read`() {
        #expect(Array(Cookies(String(repeating: "a;", count: 32_768))).count == Cookies.maximumCookies)
        #expect(Cookies("a=" + String(repeating: "\"\\", count: 32_768))["a"]?.utf8.count == 65_536)
    }

    @Test func `a cookie has the attributes Path=/, HttpOnly and SameSite=Lax by default`() throws {
        #expect(try fields(Cookie("a", "1")) == ["a=1; Path=/; HttpOnly; SameSite=Lax"])
    }

    @Test func `a cookie that is set over TLS is Secure unless isSecure is false`() throws {
        #expect(try fields(Cookie("a", "1"), isSecure: true) == ["a=1; Path=/; Secure; HttpOnly; SameSite=Lax"])
        var cookie = Cookie("a", "1")
        cookie.isSecure = false
        #expect(try fields(cookie, isSecure: true) == ["a=1; Path=/; HttpOnly; SameSite=Lax"])
    }

    @Test func `all attributes are written`() throws {
        var cookie = Cookie("a", #""1""#, maximumAge: .seconds(60))
        cookie.path = "/x"
        cookie.domain = "example.com"
        cookie.sameSite = .none
        cookie.isHTTPOnly = false
        cookie.isPartitioned = true
        let field = try #require(try fields(cookie).first)
        let pattern =
            #/a="1"; Max-Age=60; Expires=[A-Z][a-z]{2}, [^;]+ GMT; Domain=example.com; Path=/x; Secure; SameSite=None; Partitioned/#
        #expect(field.wholeMatch(of: pattern) != nil)
    }

    @Test(arguments: [
        (Cookie.SameSite.strict, "a=1; Path=/; HttpOnly; SameSite=Strict"),
        (.lax, "a=1; Path=/; HttpOnly; SameSite=Lax"),
        (.none, "a=1; Path=/; Secure; HttpOnly; SameSite=None"),
    ])
    func `sameSite is written as its attribute`(sameSite: Cookie.SameSite, field: String) throws {
        var cookie = Cookie("a", "1")
        cookie.sameSite = sameSite
        #expect(try fields(cookie) == [field])
    }

    @Test func `maximumAge is written in whole seconds`() throws {
        var cookie = Cookie("a", "1")
        cookie.maximumAge = .milliseconds(1_999)
        #expect(try fields(cookie).first?.hasPrefix("a=1; Max-Age=1; Expires=") == true)
    }

    @Test func `a cookie is removed with an expiry date in the past`() throws {
        var response = Response()
        try response.setCookie(Cookie("a", "1"), for: request())
        try response.removeCookie("a", for: request())
        #expect(
            response.headers[values: .setCookie] == [
                "a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax"
            ]
        )
    }

    @Test func `a cookie is removed with its path and domain`() throws {
        var response = Response()
        try response.removeCookie("a", path: "/x", domain: "example.com", for: request())
        let field = try #require(response.headers[.setCookie])
        #expect(field.contains("; Domain=example.com; Path=/x;"))
    }

    @Test func `cookies of different domains don't replace each other`() throws {
        var response = Response()
        for domain in [nil, "example.com", "sub.example.com", "example.com"] {
            var cookie = Cookie("a", domain ?? "-")
            cookie.domain = domain
            try response.setCookie(cookie, for: request())
        }
        let values = response.headers[values: .setCookie].map { $0.prefix { $0 != ";" } }
        #expect(values == ["a=-", "a=sub.example.com", "a=example.com"])
    }

    @Test(arguments: [
        (Duration.seconds(-5), "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        (.milliseconds(999), "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        // The date has four digits of the year even for the longest age.
        (.seconds(Int64.max), "Max-Age=9223372036854775807; Expires="),
    ])
    func `an age is written in whole seconds and is never negative`(age: Duration, text: String) throws {
        let field = try #require(try fields(Cookie("a", "1", maximumAge: age)).first)
        #expect(field.contains("a=1; \(text)"))
        // The year has four digits.
        #expect(field.contains(#/Expires=[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} /#))
    }

    @Test func `partitioned and SameSite=None cookies are Secure even without TLS`() throws {
        var frame = Cookie("a", "1")
        frame.isPartitioned = true
        #expect(try fields(frame) == ["a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned"])
        var foreign = Cookie("a", "1")
        foreign.sameSite = .none
        #expect(try fields(foreign) == ["a=1; Path=/; Secure; HttpOnly; SameSite=None"])
        foreign.isSecure = false
        #expect(throws: CookieError.self) { try fields(foreign) }
        frame.isSecure = false
        #expect(throws: CookieError.self) { try fields(frame) }
    }

    @Test func `a path has at most 1024 bytes and a domain at most 253`() throws {
        var cookie = Cookie("a", "1")
        cookie.path = "/" + String(repeating: "x", count: 1_023)
        cookie.domain = String(repeating: "x", count: 253)
        #expect(try fields(cookie).count == 1)
        cookie.domain = String(repeating: "x", count: 254)
        #expect(throws: CookieError.self) { try fields(cookie) }
    }

    @Test func `a cookie replaces an earlier one of the same name and path only`() throws {
        var response = Response()
        var elsewhere = Cookie("a", "2")
        elsewhere.path = "/x"
        for cookie in [Cookie("a", "1"), elsewhere, Cookie("b", "3"), Cookie("a", "4")] {
            try response.setCookie(cookie, for: request())
        }
        #expect(response.headers[values: .setCookie].map { $0.prefix { $0 != ";" } } == ["a=2", "b=3", "a=4"])
    }

    @Test(arguments: ["", "a b", "a=b", "a;b", "a\r\nb", "é", "a\u{7F}"])
    func `an invalid name is refused`(name: String) {
        #expect(throws: CookieError.self) { try fields(Cookie(name, "1")) }
    }

    @Test(arguments: [
        "a b", "a;b", "a,b", "a\\b", "a\"b", "\"a", "a\r\nSet-Cookie: b=1", "é", "\"", "\u{7F}", "\"a;b\"", "\"a\"b\"",
        "\"a\r\nb\"",
    ])
    func `an invalid value is refused`(value: String) {
        #expect(throws: CookieError.self) { try fields(Cookie("a", value)) }
    }

    @Test func `path and domain can't begin another attribute`() {
        for path in ["", "x", "/x; Domain=evil.example", "/\r\n", "/\u{1}", "/" + String(repeating: "x", count: 1_024)]
        {
            var cookie = Cookie("a", "1")
            cookie.path = path
            #expect(throws: CookieError.self) { try fields(cookie) }
        }
        for domain in ["", ".", "a;b", "a b", "a/b", "a\r\nb"] {
            var cookie = Cookie("a", "1")
            cookie.domain = domain
            #expect(throws: CookieError.self) { try fields(cookie) }
        }
    }

    @Test func `the rules of the prefixes __Host- and __Secure- are enforced`() throws {
        // Browsers compare the prefix case-insensitively (RFC 6265bis §5.7).
        #expect(try fields(Cookie("__host-a", "1")) == ["__host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax"])
        #expect(try fields(Cookie("__Secure-a", "1")) == ["__Secure-a=1; Path=/; Secure; HttpOnly; SameSite=Lax"])
        var cookie = Cookie("__Host-a", "1")
        cookie.path = "/x"
        #expect(throws: CookieError.self) { try fields(cookie) }
        cookie.path = "/"
        cookie.domain = "example.com"
        #expect(throws: CookieError.self) { try fields(cookie) }
        var plain = Cookie("__Secure-a", "1")
        plain.isSecure = false
        #expect(throws: CookieError.self) { try fields(plain) }
    }

    @Test func `a cookie that is too long for browsers is refused`() throws {
        #expect(try fields(Cookie("a", String(repeating: "x", count: 4_095))).count == 1)
        #expect(throws: CookieError.self) { try fields(Cookie("a", String(repeating: "x", count: 4_096))) }
    }

    @Test func `an error shortens a long text and replaces control characters`() {
        let value = String(repeating: "x", count: 1_000) + "\u{1B}[2J\u{7F}" + String(repeating: "y", count: 1_000)
        let error = #expect(throws: CookieError.self) { try fields(Cookie("a", value)) }
        #expect(error?.offset == 1_000)
        let lines = error?.description.split(separator: "\n") ?? []
        // 60 bytes before the place, 80 in all.
        #expect(
            lines.dropFirst().first
                == "  \(String(repeating: "x", count: 60))\u{FFFD}[2J\u{FFFD}\(String(repeating: "y", count: 15))"
        )
        #expect(lines.last == "  \(String(repeating: " ", count: 60))^")
    }

    @Test func `an error marks the place in the text`() {
        let error = #expect(throws: CookieError.self) { try fields(Cookie("a", "one two")) }
        #expect(
            error?.description == """
                a cookie's value must be visible ASCII without "",;\\: percent-encode or sign it
                  one two
                     ^
                """
        )
    }

    @Test(arguments: ByteTextTests.equivalents)
    func `names of cookies are compared by bytes`(left: String, right: String) {
        // One of the pairs is a semicolon and a canonically equivalent character; a semicolon would end the name.
        guard !right.utf8.contains(UInt8(ascii: ";")) else { return }
        let cookies = Cookies("\(left)=1; \(right)=2")
        #expect(cookies[left] == "1")
        #expect(cookies[right] == "2")
        #expect(cookies.values(of: right) == ["2"])
    }

    @Test(arguments: ["\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}"])
    func `a combining character doesn't hide a semicolon or an equals sign`(mark: String) {
        let pairs = Array(Cookies("a=\(mark);\(mark)b=2;session=\(mark)3"))
        #expect(pairs.map { Array($0.name.utf8) } == ["a", "\(mark)b", "session"].map { Array($0.utf8) })
        #expect(pairs.map { Array($0.value.utf8) } == [mark, "2", "\(mark)3"].map { Array($0.utf8) })
    }

    @Test func `a cookie doesn't replace one whose name has other bytes`() throws {
        var response = Response()
        for name in ["\u{212A}", "K\u{301}=;"] {
            response.headers.append(HTTPField(name: .setCookie, value: "\(name)=1; Path=/"))
        }
        try response.setCookie(Cookie("K", "2"), for: try request())
        #expect(response.headers[values: .setCookie].count == 3)
        try response.setCookie(Cookie("K", "3"), for: try request())
        #expect(response.headers[values: .setCookie].count == 3)
    }
}
