import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Targets, hosts and versions (RFC 9112 §2.3, §3.2; RFC 9110 §4.2, §7.2).
@Suite struct HTTPTargetTests {
    private func read(_ request: String, isSecure: Bool = false) throws(HTTPParseError) -> HTTPRequestHead? {
        var parser = HTTPRequestParser(limits: HTTPLimits(), isSecure: isSecure)
        var buffer = ByteBuffer(string: request)
        let origin = RequestOrigin(executor: LoopExecutor(EmbeddedEventLoop()))
        return try parser.parse(&buffer, from: origin)
    }

    private func host(of head: HTTPRequestHead?) -> [String] {
        head?.request.headers.filter { $0.name.canonicalName == "host" }.map(\.value) ?? []
    }

    /// The error with which a request is refused; nil if it is accepted.
    private func refusal(of request: String) -> HTTPParseError? {
        do throws(HTTPParseError) {
            _ = try read(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("http://a.example.com/w?x", "a.example.com", "/w?x"),
        ("HTTP://a:81", "a:81", "/"),
        ("http://[::1]:8080?q", "[::1]:8080", "/?q"),
        ("http://a/b#c", "a", "/b"),
    ])
    func `the authority of an absolute target replaces Host`(target: String, authority: String, path: String) throws {
        let head = try read("GET \(target) HTTP/1.1\r\nHost: b.example.com\r\nA: b\r\n\r\n")
        #expect(host(of: head) == [authority])
        #expect(head?.request.target.text == path)
    }

    @Test func `the authority of an absolute target is the Host of a request without one`() throws {
        #expect(host(of: try read("GET http://a/ HTTP/1.0\r\n\r\n")) == ["a"])
        #expect(refusal(of: "GET http://a/ HTTP/1.1\r\n\r\n") == .bad("exactly one Host field is required"))
    }

    @Test(arguments: [
        "http://", "http:///x", "http://:80/", "http://user@a/", "http://user:password@a/", "http://a:b/",
        "http://a b/",
        "http://<a>/", "http://[::1/", "http://a:65536/", "http://a\u{301}/",
    ])
    func `an absolute target without a valid host is refused`(target: String) {
        let refusal = refusal(of: "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(refusal?.status == .badRequest)
        #expect(refusal?.message == "the target's authority isn't a valid host")
    }

    @Test func `a target of https is refused with 421 unless the connection is encrypted`() throws {
        let request = "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(refusal(of: request)?.status == .misdirectedRequest)
        #expect(host(of: try read(request, isSecure: true)) == ["a"])
    }

    @Test func `the target * is for OPTIONS only, and equals an absolute target without a path`() throws {
        #expect(try read("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")?.request.target.path == "*")
        #expect(try read("OPTIONS http://x HTTP/1.1\r\nHost: x\r\n\r\n")?.request.target.path == "*")
        #expect(refusal(of: "GET * HTTP/1.1\r\nHost: x\r\n\r\n") == .bad("the target * is for OPTIONS only"))
    }

    @Test func `CONNECT is answered 501`() {
        #expect(refusal(of: "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n")?.message == "CONNECT isn't supported")
    }

    @Test(arguments: ["x", "x:", "x:80", "x_y.z-1", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:443", "a%20b", ""])
    func `a valid Host is accepted`(value: String) throws {
        #expect(host(of: try read("GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n")) == [value])
    }

    @Test(arguments: [
        "<script>", "[::1", "[::1]x", "[::1]]", "[x]", "[127.0.0.1]", "[]", "a:1:2", "a:b", "a:65536", ":80", "a%2",
        "a%zz",
        "a@b", "a/b", "a?b", "a b", "a,b", "a\\b", "a|b", "a\"b", "bücher", "a\u{301}", "[::1%25lo]",
    ])
    func `an invalid Host is refused`(value: String) {
        #expect(refusal(of: "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n") == .bad("Host isn't a valid host"))
    }

    @Test(arguments: [
        ("HTTP/1.2", nil), ("HTTP/1.9", nil), ("HTTP/2.0", 505), ("HTTP/0.9", 505), ("HTTP/1.10", 400), ("HTTP/1", 400),
        ("http/1.1", 400), ("HTTP/1.\u{661}", 400),
    ])
    func `a later minor version is treated as 1.1, another major version is answered 505`(version: String, status: Int?)
    {
        #expect(refusal(of: "GET / \(version)\r\nHost: x\r\n\r\n")?.status.code == status)
    }

    @Test func `Upgrade is ignored in HTTP 1.0 requests`() throws {
        let fields = "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        #expect(try read("GET / HTTP/1.0\r\n\(fields)")?.request.headers[.upgrade] == nil)
        #expect(try read("GET / HTTP/1.1\r\n\(fields)")?.request.headers[.upgrade] == "websocket")
    }

    // Unicode folds U+212A, the Kelvin sign, to k, and U+017F, the long s, to s; ASCII case folding doesn't.
    @Test(arguments: ["chun\u{212A}ed", "chunked\u{301}", "chunked\u{200D}"])
    func `a transfer coding that only looks like chunked is answered 501`(coding: String) {
        let refusal = refusal(of: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \(coding)\r\n\r\n")
        #expect(refusal?.status == .notImplemented)
        #expect(refusal?.message == "only the transfer coding chunked is supported")
    }

    @Test(arguments: [
        ("close", false), ("CLOSE", false), ("a, close", false), ("a,\tclose ,b", false), ("clo\u{17F}e", true),
        ("close\u{301}", true), ("a\u{600},close", false), ("close, keep-alive", false), ("cl ose", true),
    ])
    func `options of Connection are compared by bytes`(value: String, keepsAlive: Bool) throws {
        let head = try read("GET / HTTP/1.1\r\nHost: x\r\nConnection: \(value)\r\n\r\n")
        #expect(head?.keepsAlive == keepsAlive)
    }

    @Test(arguments: [("100-Continue", nil), ("100-continue, 100-continue", nil), ("100-continue, x", 417), ("x", 417)])
    func `only 100-continue can be expected`(value: String, status: Int?) {
        let request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: \(value)\r\n\r\n"
        #expect(refusal(of: request)?.status.code == status)
    }
}
