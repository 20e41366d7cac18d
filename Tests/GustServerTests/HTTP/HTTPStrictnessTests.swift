import GustHTTP
import NIOCore
import Testing

@testable import GustServer

/// What two servers could read differently is refused: each of these was, somewhere, a way to smuggle a request.
@Suite struct HTTPStrictnessTests {
    private func status(_ request: String, limits: HTTPLimits = HTTPLimits()) throws -> (code: String, isOpen: Bool) {
        let wire = try Wire.echo(limits: limits)
        let answer = try wire.send(request)
        return (String(answer.dropFirst(9).prefix(3)), wire.isOpen)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: x\n\n",  // bare LF
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",  // a blank before the colon
        "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",  // a folded field
        "GET / HTTP/1.1\r\nHost: x\r\nA(: b\r\n\r\n",  // a name that isn't a token
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u{1}\r\n\r\n",  // control characters
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nA: b\rxContent-Length: 1\r\n\r\na",  // a lone CR in front of a field
        "GET / HTTP/1.1\rxHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",  // no Host
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x@y\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",  // blanks in the request line
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / http/1.1\r\nHost: x\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000000000\r\n\r\na",  // 19 digits
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1_0\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \u{A0}1\r\n\r\na",  // a blank of Unicode
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \u{661}\r\n\r\na",  // a digit of Unicode
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",  // more empty lines than anybody sends
    ])
    func `an ambiguous request is answered 400 and closed`(request: String) throws {
        let answer = try status(request)
        #expect(answer.code == "400")
        #expect(!answer.isOpen)
    }

    @Test(arguments: [
        "x\r\nabc\r\n", "-1\r\n", "\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\n", " 3\r\nabc\r\n",
    ])
    func `a damaged chunk ends the request with 400`(body: String) throws {
        let answer = try status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
        #expect(answer.code == "400")
        #expect(!answer.isOpen)
    }

    @Test func `a chunk's line as long as allowed is taken wherever it is cut`() throws {
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

    @Test func `unknown transfer codings are 501, other versions 505, other expectations 417`() throws {
        #expect(try status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").code == "501")
        #expect(try status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n").code == "501")
        let twice = "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
        #expect(try status("POST / HTTP/1.1\r\nHost: x\r\n\(twice)\r\n\r\n").code == "501")
        #expect(try status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n").code == "501")
        #expect(try status("PRI * HTTP/2.0\r\n\r\n").code == "505")
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\nExpect: the-worst\r\n\r\n").code == "417")
    }

    @Test func `a target that is too long is 414, even before its line ends`() throws {
        let long = "/" + String(repeating: "a", count: 9_000)
        #expect(try status("GET \(long) HTTP/1.1\r\nHost: x\r\n\r\n").code == "414")
        #expect(try status("GET \(long)").code == "414")
    }

    @Test func `too many, too long and too large header fields are 431`() throws {
        let many = (0..<101).map { "A\($0): b\r\n" }.joined()
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n").code == "431")
        let long = "A: \(String(repeating: "b", count: 17_000))\r\n"
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\n\(long)\r\n").code == "431")
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\n\(long.dropLast(2))").code == "431")
        let large = (0..<10).map { "A\($0): \(String(repeating: "b", count: 8_000))\r\n" }.joined()
        #expect(try status("GET / HTTP/1.1\r\nHost: x\r\n\(large)\r\n").code == "431")
    }

    @Test func `a field as long as allowed is taken wherever it is cut`() throws {
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

    @Test func `the path behind an authority begins at its slash, whatever follows that`() throws {
        // U+0301 makes one `Character` of the slash and itself.
        let wire = try Wire.echo()
        let answer = try wire.send("GET http://x/\u{301}a/b HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.utf8.reversed().starts(with: "GET /\u{301}a/b ".utf8.reversed()))
    }

    @Test func `a hundred thousand header fields are 431, and cost no more than the limit`() throws {
        let wire = try Wire.echo()
        try wire.send("GET / HTTP/1.1\r\nHost: x\r\n")
        var answer = ""
        for _ in 0..<1_000 where wire.isOpen {
            answer += try wire.send(String(repeating: "A: b\r\n", count: 100))
        }
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(!wire.isOpen)
    }

    @Test func `a body longer than the handler takes is 413`() throws {
        #expect(
            try status(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n\(String(repeating: "a", count: 1_500))"
            ).code == "413"
        )
        let chunk = "400\r\n\(String(repeating: "a", count: 1_024))\r\n"
        #expect(
            try status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)").code == "413"
        )
    }

    @Test func `however a stream of requests is cut, the answers are the same`() throws {
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
