import GustHTTP
import NIOCore
import Testing

@testable import GustServer

/// Requests that two servers could read differently are refused, because they allow request smuggling.
@Suite struct HTTPStrictnessTests {
    /// The status code and text of the response to a refused request, and whether the connection is open afterwards.
    private struct Refusal: Equatable {
        var code: String
        var reason: String
        var isOpen = false

        init(_ code: String, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    private func refusal(_ request: String) throws -> Refusal {
        let wire = try Wire.echo()
        let answer = try wire.send(request)
        let body = answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) } ?? ""
        var refusal = Refusal(String(answer.dropFirst(9).prefix(3)), body)
        refusal.isOpen = wire.isOpen
        return refusal
    }

    @Test(arguments: [
        // bare LF
        ("GET / HTTP/1.1\nHost: x\n\n", "a line that doesn't end with CR LF"),
        ("GET / HTTP/1.1\r\nHost: x\r\nA: b\n\r\n", "a line that doesn't end with CR LF"),
        // a blank before the colon
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", "a header field's name isn't a token"),
        // a folded field
        ("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "a header field without a colon"),
        // a name that isn't a token
        ("GET / HTTP/1.1\r\nHost: x\r\nA(: b\r\n\r\n", "a header field's name isn't a token"),
        // control characters
        ("GET / HTTP/1.1\r\nHost: x\r\nA: b\u{1}\r\n\r\n", "a control character in a header field"),
        ("GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", "a CR inside of a line"),
        // a lone CR before a field
        ("POST / HTTP/1.1\r\nHost: x\r\nA: b\rxContent-Length: 1\r\n\r\na", "a CR inside of a line"),
        ("GET / HTTP/1.1\rxHost: x\r\n\r\n", "a CR inside of a line"),
        // no Host
        ("GET / HTTP/1.1\r\n\r\n", "exactly one Host field is required"),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "exactly one Host field is required"),
        ("GET / HTTP/1.1\r\nHost: x, y\r\n\r\n", "Host isn't a valid host"),
        ("GET / HTTP/1.1\r\nHost: x@y\r\n\r\n", "Host isn't a valid host"),
        // blanks in the request line
        (
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
            "the request target has blanks or control characters, or can't be decoded"
        ),
        (
            "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
            "the request target has blanks or control characters, or can't be decoded"
        ),
        ("GET / http/1.1\r\nHost: x\r\n\r\n", "the request line isn't METHOD TARGET VERSION"),
        (
            "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
            "the request target has blanks or control characters, or can't be decoded"
        ),
        (
            "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
            "the request target has blanks or control characters, or can't be decoded"
        ),
        ("G(T / HTTP/1.1\r\nHost: x\r\n\r\n", "the method isn't a token"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", "Content-Length isn't one number"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", "Content-Length isn't one number"),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "Content-Length isn't one number"
        ),
        // 19 digits
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000000000\r\n\r\na",
            "Content-Length isn't one number"
        ),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na", "Content-Length isn't one number"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1_0\r\n\r\na", "Content-Length isn't one number"),
        // a Unicode space
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \u{A0}1\r\n\r\na", "Content-Length isn't one number"),
        // a Unicode digit
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \u{661}\r\n\r\na", "Content-Length isn't one number"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\na", "Content-Length isn't one number"),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n",
            "a control character in a header field"
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "Content-Length isn't one number"
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length together with Transfer-Encoding"
        ),
        ("POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding in HTTP/1.0"),
        // too many empty lines
        ("\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "empty lines before the request"),
    ])
    func `an ambiguous request is answered 400 with the reason, and the connection is closed`(
        request: String,
        reason: String
    ) throws {
        #expect(try refusal(request) == Refusal("400", reason))
    }

    @Test(arguments: [
        ("x\r\nabc\r\n", "a chunk's size isn't hexadecimal"),
        ("-1\r\n", "a chunk's size isn't hexadecimal"),
        ("\r\n", "a chunk without a size"),
        ("3\nabc\r\n0\r\n\r\n", "a chunk's line doesn't end with CR LF, or is too long"),
        ("3\r\nabcd\r\n0\r\n\r\n", "a chunk is longer than its size"),
        ("3\r\nabc\n0\r\n\r\n", "a chunk's line doesn't end with CR LF, or is too long"),
        ("FFFFFFFFFFFFFFFFF\r\n", "a chunk's size is too large"),
        (" 3\r\nabc\r\n", "a chunk's size isn't hexadecimal"),
    ])
    func `a malformed chunk is answered 400 with the reason`(body: String, reason: String) throws {
        let request = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
        #expect(try refusal(request) == Refusal("400", reason))
    }

    @Test func `a chunk's line of the maximum length is accepted in any two pieces`() throws {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        let body = "1;\(String(repeating: "a", count: 254))\r\nx\r\n0\r\n\r\n"
        for cut in 1..<body.utf8.count {
            let wire = try Wire.echo()
            let answer =
                try wire.send(head + String(decoding: body.utf8.prefix(cut), as: UTF8.self))
                + wire.send(String(decoding: body.utf8.dropFirst(cut), as: UTF8.self))
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "cut at \(cut)")
        }
    }

    @Test(arguments: [
        "gzip, chunked", "xchunked", "chunked\r\nTransfer-Encoding: chunked", "chunked, chunked", "chun\u{212A}ed", "",
        "chunked;q=1", "\"chunked\"", "chunked,", "identity",
    ])
    func `a transfer coding other than chunked is answered 501`(coding: String) throws {
        let request = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \(coding)\r\n\r\n"
        #expect(try refusal(request) == Refusal("501", "only the transfer coding chunked is supported"))
    }

    @Test func `an unsupported version is answered 505, an unsupported expectation 417`() throws {
        #expect(
            try refusal("PRI * HTTP/2.0\r\n\r\n") == Refusal("505", "only HTTP/1.1 and HTTP/1.0 are supported")
        )
        #expect(
            try refusal("GET / HTTP/1.1\r\nHost: x\r\nExpect: the-worst\r\n\r\n")
                == Refusal("417", "only 100-continue can be expected")
        )
    }

    @Test func `a target that is too long is answered 414, even before its line ends`() throws {
        let long = "/" + String(repeating: "a", count: 9_000)
        let expected = Refusal("414", "the request target is too long")
        #expect(try refusal("GET \(long) HTTP/1.1\r\nHost: x\r\n\r\n") == expected)
        #expect(try refusal("GET \(long)") == expected)
    }

    // CVE-2024-37890
    @Test func `too many and too long header fields are answered 431`() throws {
        let many = (0..<101).map { "A\($0): b\r\n" }.joined()
        #expect(
            try refusal("GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n") == Refusal("431", "too many header fields")
        )
        let long = "A: \(String(repeating: "b", count: 17_000))\r\n"
        let tooLong = Refusal("431", "a header field is too long")
        #expect(try refusal("GET / HTTP/1.1\r\nHost: x\r\n\(long)\r\n") == tooLong)
        #expect(try refusal("GET / HTTP/1.1\r\nHost: x\r\n\(long.dropLast(2))") == tooLong)
        let large = (0..<10).map { "A\($0): \(String(repeating: "b", count: 8_000))\r\n" }.joined()
        #expect(
            try refusal("GET / HTTP/1.1\r\nHost: x\r\n\(large)\r\n") == Refusal("431", "the head is too long")
        )
    }

    @Test func `a refusal has nosniff`() throws {
        #expect(try Wire.echo().send("GET / HTTP/1.1\r\n\r\n").contains("\r\nX-Content-Type-Options: nosniff\r\n"))
    }

    @Test func `a field of the maximum length is accepted in any two pieces`() throws {
        var limits = HTTPLimits()
        limits.fieldLength = 20
        let request = "GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "b", count: 17))\r\n\r\n"
        for cut in 1..<request.utf8.count {
            let wire = try Wire.echo(limits: limits)
            let answer =
                try wire.send(String(decoding: request.utf8.prefix(cut), as: UTF8.self))
                + wire.send(String(decoding: request.utf8.dropFirst(cut), as: UTF8.self))
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "cut at \(cut)")
        }
    }

    @Test func `a combining mark doesn't hide the slash between authority and path`() throws {
        // The slash and U+0301 are one `Character`.
        let wire = try Wire.echo()
        let answer = try wire.send("GET http://x/\u{301}a/b HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.utf8.reversed().starts(with: "GET /\u{301}a/b ".utf8.reversed()))
    }

    @Test func `a hundred thousand header fields are answered 431 at the limit`() throws {
        let wire = try Wire.echo()
        try wire.send("GET / HTTP/1.1\r\nHost: x\r\n")
        var answer = ""
        for _ in 0..<1_000 where wire.isOpen {
            answer += try wire.send(String(repeating: "A: b\r\n", count: 100))
        }
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(answer.hasSuffix("\r\n\r\nthe head is too long"))
        #expect(!wire.isOpen)
    }

    @Test func `a body longer than the handler's limit is answered 413`() throws {
        let length = "Content-Length: 2000\r\n\r\n\(String(repeating: "a", count: 1_500))"
        #expect(try refusal("POST / HTTP/1.1\r\nHost: x\r\n\(length)").code == "413")
        let chunk = "400\r\n\(String(repeating: "a", count: 1_024))\r\n"
        let chunks = "Transfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)"
        let refusal = try refusal("POST / HTTP/1.1\r\nHost: x\r\n\(chunks)")
        #expect((refusal.code, refusal.reason) == ("413", "Content Too Large"))
    }

    @Test func `the responses to pipelined requests don't depend on the division into reads`() throws {
        let requests =
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
            + "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
            + "GET /d HTTP/1.1\r\nHost: x\r\n\r\n"
        let whole = try Wire.echo().send(requests)
        let bytes = Array(requests.utf8)
        for cut in 1..<bytes.count {
            let wire = try Wire.echo()
            let answer = try wire.send(ByteBuffer(bytes: bytes[..<cut])) + wire.send(ByteBuffer(bytes: bytes[cut...]))
            #expect(answer == whole, "cut at \(cut)")
        }
    }
}
