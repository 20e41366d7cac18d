import GustHTTP
import HTTPTypes
import NIOHTTP1
import Testing

@testable import GustClient

/// What a client makes of URLs, of the variables for proxies, and of settings for the heads of requests.
@Suite(.timeLimit(.minutes(1))) struct AddressTests {
    // MARK: Servers

    @Test(
        arguments: [
            ("http://example.org", "example.org", 80, false, "/", ""),
            ("https://example.org", "example.org", 443, true, "/", ""),
            ("ws://example.org", "example.org", 80, false, "/", ""),
            ("WSS://Example.org:1", "Example.org", 1, true, "/", ""),
            ("http://example.org:65535/", "example.org", 65_535, false, "/", ""),
            ("http://example.org/admin?token=1&x=/y#z", "example.org", 80, false, "/admin", "token=1&x=/y"),
            ("http://example.org?token=1", "example.org", 80, false, "/", "token=1"),
            ("http://example.org#/admin", "example.org", 80, false, "/", ""),
            ("http://[::1]:3000/a", "::1", 3_000, false, "/a", ""),
            ("http://[fe80::1]", "fe80::1", 80, false, "/", ""),
            ("http://user.example/a/b,c", "user.example", 80, false, "/a/b,c", ""),
        ] as [(String, String, Int, Bool, String, String)]
    )
    func `a URL has the place, the namespace and the query of its parts`(
        url: String,
        host: String,
        port: Int,
        isSecure: Bool,
        namespace: String,
        query: String
    ) throws {
        let server = try ServerURL(url)
        #expect(server.place == .host(host, port: port))
        #expect(server.isSecure == isSecure)
        #expect(server.namespace == namespace)
        #expect(server.query == query)
    }

    @Test func `the authority keeps the port and the brackets as they were written`() throws {
        #expect(try ServerURL("http://[::1]:3000/a").authority == "[::1]:3000")
        #expect(try ServerURL("http://example.org:80").authority == "example.org:80")
        #expect(try ServerURL("http://example.org").authority == "example.org")
    }

    @Test func `a Unix domain socket is the percent-encoded host`() throws {
        let server = try ServerURL("http+unix://%2Frun%2Fapp.sock/admin?a=b")
        #expect(server.place == .unixSocket(path: "/run/app.sock"))
        #expect(server.authority == "localhost")
        #expect(server.namespace == "/admin")
        #expect(try ServerURL("https+unix://%2Frun%2Fapp.sock").isSecure)
    }

    @Test(
        arguments: [
            ("", "the scheme is missing"), ("example.org", "the scheme is missing"),
            ("//example.org", "the scheme is missing"), ("ftp://example.org", "the scheme isn't http"),
            ("http://", "the host is missing"), ("http:///a", "the host is missing"),
            ("http://?a", "the host is missing"), ("http://:80", "the host is missing"),
            ("http://[]:80", "the host is missing"), ("http://[::1", "the bracket of the IPv6 address isn't closed"),
            ("http://[::1]a:80", "there is text between the IPv6 address and the port"),
            ("http://a:", "the port isn't a number"), ("http://a:0", "the port isn't a number"),
            ("http://a:65536", "the port isn't a number"), ("http://a:+80", "the port isn't a number"),
            ("http://a:000080", "the port isn't a number"), ("http://a:80:80", "the port isn't a number"),
            ("http://a:٨٠", "the port isn't a number"), ("http://a b", "a blank or a control character"),
            ("http://a/\r\nHost:b", "a blank or a control character"),
            ("http://a/\u{7F}", "a blank or a control character"),
            ("http://user:pass@a", "belong into settings.headers"), ("http+unix://%2Fa%00b", "a zero byte"),
        ] as [(String, String)]
    )
    func `a URL that can't be used is refused with its reason`(url: String, reason: String) {
        let error = #expect(throws: ClientURLError.self) { try ServerURL(url) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.description.contains("isn't the URL of a server") == true)
    }

    @Test func `a mark behind a separator doesn't hide it`() throws {
        // U+0301 makes one character of itself and the slash in front of it.
        let server = try ServerURL("http://a/\u{301}b?\u{301}c")
        #expect(server.place == .host("a", port: 80))
        #expect(Array(server.namespace.utf8) == Array("/\u{301}b".utf8))
        #expect(Array(server.query.utf8) == Array("\u{301}c".utf8))
    }

    @Test func `canonically equivalent places are different ones`() throws {
        #expect(try ServerURL("http://\u{E9}") != ServerURL("http://e\u{301}"))
        #expect(ServerURL.Place.unixSocket(path: "\u{E9}") != .unixSocket(path: "e\u{301}"))
    }

    // MARK: Proxies

    private func proxy(_ url: String = "http://example.org", _ environment: [String: String]) throws -> ProxyServer? {
        try ProxyServer(.environment, for: ServerURL(url), { environment[$0] })
    }

    @Test func `the variable is chosen by the scheme of the URL`() throws {
        let environment = ["http_proxy": "http://plain:1", "https_proxy": "secure:2", "all_proxy": "all:3"]
        #expect(try proxy("http://a", environment)?.host == "plain")
        #expect(try proxy("https://a", environment)?.host == "secure")
        #expect(try proxy("https://a", ["all_proxy": "all:3"])?.port == 3)
        #expect(try proxy("https://a", ["HTTPS_PROXY": "upper"])?.port == 80)
        #expect(try proxy("http://a", ["ALL_PROXY": "upper:4"])?.port == 4)
        #expect(try proxy("http://a", ["http_proxy": "", "all_proxy": "all:3"])?.host == "all")
    }

    @Test func `HTTP_PROXY in upper case is ignored because the client of a CGI program can set it`() throws {
        #expect(try proxy("http://a", ["HTTP_PROXY": "http://evil:1"]) == nil)
    }

    @Test(
        arguments: [
            ("example.org", true), ("EXAMPLE.org", true), (".example.org", true), ("org", true), ("*", true),
            ("a, example.org ", true), ("example.org:80", true), ("example.org:81", false), ("ample.org", false),
            ("www.example.org", false), ("", false), (".", false), ("example.orgx", false),
        ]
    )
    func `no_proxy excepts a host and the hosts of a domain`(list: String, isExcepted: Bool) throws {
        let environment = ["http_proxy": "http://p:1", "no_proxy": list]
        #expect(try (proxy("http://example.org", environment) == nil) == isExcepted)
    }

    @Test func `no_proxy excepts an IPv6 address`() throws {
        #expect(ProxyServer.isExcepted("::1", 80, by: "::1"))
    }

    @Test func `a name and a password become Basic credentials`() throws {
        let given = try ProxyServer(.url("http://user:p%40ss@proxy:3128/"), for: ServerURL("http://a"), { _ in nil })
        #expect(given?.host == "proxy")
        #expect(given?.port == 3_128)
        // "user:p@ss"
        #expect(given?.authorization == "Basic dXNlcjpwQHNz")
        #expect(try ProxyServer(.url("proxy"), for: ServerURL("http://a"), { _ in nil })?.authorization == nil)
    }

    @Test(
        arguments: [
            ("https://proxy:1", "only proxies with an http URL"), ("socks5://proxy", "only proxies with an http URL"),
            ("http://", "the host is missing"), ("proxy:x", "the port isn't a number"),
            ("[::1", "the bracket of the IPv6 address isn't closed"),
        ]
    )
    func `a proxy that can't be used is refused with its reason`(url: String, reason: String) {
        let error = #expect(throws: ClientURLError.self) {
            try ProxyServer(.url(url), for: ServerURL("http://a"), { _ in nil })
        }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test func `a proxy isn't used for a Unix domain socket or when it is switched off`() throws {
        #expect(try proxy("http+unix://%2Fa", ["all_proxy": "http://p"]) == nil)
        #expect(try ProxyServer(.none, for: ServerURL("http://a"), { _ in "http://p" }) == nil)
    }

    // MARK: Requests

    private func head(
        _ url: String,
        _ credentials: ClientCredentials? = nil,
        _ change: (inout ClientSettings) -> Void = { _ in }
    ) throws -> (target: String, fields: [String]) {
        var settings = ClientSettings()
        change(&settings)
        let head = RequestHead(try ServerURL(url), settings, credentials, nil).head(.GET, "/e?E=4", [("Accept", "*/*")])
        return (head.uri, head.headers.map { "\($0.name): \($0.value)" })
    }

    @Test func `the query is that of the URL, the settings and the credentials, in this order`() throws {
        let made = try head("http://a?u=1", ClientCredentials(query: [("c", "3 &=")])) { $0.query = [("s?", "2")] }
        #expect(made.target == "/e?E=4&u=1&s%3F=2&c=3%20%26%3D")
    }

    @Test func `bytes beyond ASCII in the query of the URL are percent-encoded`() throws {
        #expect(try head("http://a?u=\u{E9}\u{301}").target == "/e?E=4&u=%C3%A9%CC%81")
    }

    @Test func `own header fields of a request come before those of the program, but for cookies`() throws {
        let host = try #require(HTTPField.Name("Host"))
        let made = try head("http://a:8") {
            $0.headers = [host: "evil", .accept: "text/html", .cookie: "a=1", .authorization: "Bearer x"]
        }
        #expect(made.fields == ["Host: a:8", "Accept: */*", "Authorization: Bearer x", "Cookie: a=1"])
    }

    @Test func `a credential replaces the field of the settings with its name`() throws {
        let made = try head("http://a", ClientCredentials(headers: [.authorization: "new"])) {
            $0.headers = [.authorization: "old"]
        }
        #expect(made.fields.filter { $0.contains("uthorization") } == ["Authorization: new"])
    }
}
