import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Requests of one connection whose fields are those of an earlier one.
@Suite struct KnownFieldsTests {
    /// Reads the heads of several requests without bodies, all from one buffer, with one parser.
    private func read(
        _ requests: [String],
        limits: HTTPLimits = HTTPLimits()
    ) throws(HTTPParseError) -> [HTTPRequestHead] {
        var parser = HTTPRequestParser(limits: limits)
        var buffer = ByteBuffer(string: requests.joined())
        let origin = RequestOrigin(executor: LoopExecutor(EmbeddedEventLoop()))
        var heads: [HTTPRequestHead] = []
        while let head = try parser.parse(&buffer, from: origin) { heads.append(head) }
        #expect(buffer.readableBytes == 0)
        return heads
    }

    /// The reason for which one of several requests is refused; nil if all are accepted.
    private func refusal(_ requests: [String], limits: HTTPLimits = HTTPLimits()) -> String? {
        do throws(HTTPParseError) {
            _ = try read(requests, limits: limits)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `fields that come again belong to the second request too`() throws {
        let fields = "Host: a\r\nCookie: b=c\r\nConnection: keep-alive\r\n\r\n"
        let heads = try read(["GET /first?x HTTP/1.1\r\n\(fields)", "HEAD /second HTTP/1.1\r\n\(fields)"])
        #expect(heads.map(\.request.target.text) == ["/first?x", "/second"])
        #expect(heads.map(\.request.method) == [.get, .head])
        let received = heads.map { $0.request.headers.map { "\($0.name): \($0.value)" } }
        #expect(received == Array(repeating: ["Host: a", "Cookie: b=c", "Connection: keep-alive"], count: 2))
        #expect(heads.allSatisfy { $0.keepsAlive && $0.body == .none })
    }

    @Test func `a field whose value has another last byte is read anew`() throws {
        let heads = try read(["b", "c"].map { "GET / HTTP/1.1\r\nHost: a\r\nCookie: x=\($0)\r\n\r\n" })
        #expect(heads.map { $0.request.headers[.cookie] } == ["x=b", "x=c"])
    }

    @Test func `fields behind the remembered ones are read`() throws {
        let heads = try read(["", "Connection: close\r\n"].map { "GET / HTTP/1.1\r\nHost: a\r\n\($0)\r\n" })
        #expect(heads.map(\.keepsAlive) == [true, false])
    }

    @Test func `requests with and without a body take turns`() throws {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let longer = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        let heads = try read([get, post, get, post, longer, longer, get])
        #expect(heads.map(\.body) == [.none, .chunked, .none, .chunked, .length(5), .length(5), .none])
    }

    @Test func `a bad field behind a request with good ones is refused`() {
        let line = "GET / HTTP/1.1\r\n"
        #expect(
            refusal(["\(line)Host: a\r\n\r\n", "\(line)Host : a\r\n\r\n"]) == "a header field's name isn't a token"
        )
    }

    @Test func `HTTP 1.1 requires Host also where HTTP 1.0 came without it`() {
        let fields = "A: b\r\nConnection: keep-alive\r\n\r\n"
        #expect(refusal(["GET / HTTP/1.0\r\n\(fields)"]) == nil)
        let both = ["GET / HTTP/1.0\r\n\(fields)", "GET / HTTP/1.1\r\n\(fields)"]
        #expect(refusal(both) == "exactly one Host field is required")
    }

    @Test(arguments: [
        ("GET /\ra HTTP/1.1", "a CR inside of a line"), ("GET / HTTP/1.1\r", "a CR inside of a line"),
        ("GET HTTP/1.1", "the request line isn't METHOD TARGET VERSION"),
        ("G(T / HTTP/1.1", "the method isn't a token"),
    ])
    func `a bad request line before known fields is refused`(line: String, reason: String) {
        let fields = "\r\nHost: a\r\n\r\n"
        #expect(refusal(["GET / HTTP/1.1\(fields)", line + fields]) == reason)
    }

    @Test func `a head with known fields has the same limit`() {
        var limits = HTTPLimits()
        limits.headLength = 64
        let fields = "\r\nHost: \(String(repeating: "a", count: 20))\r\n\r\n"
        let long = "GET /\(String(repeating: "b", count: 20)) HTTP/1.1"
        #expect(refusal(["GET / HTTP/1.1\(fields)"], limits: limits) == nil)
        #expect(refusal(["GET / HTTP/1.1\(fields)", long + fields], limits: limits) == "the head is too long")
    }

    @Test func `fields longer than 1 KiB aren't remembered`() {
        let known = KnownFields()
        for (length, isKnown) in [(1_024, true), (1_025, false)] {
            let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
            bytes.withUnsafeBytes { bytes in
                known.remember(bytes, HTTPMessageFraming())
                #expect(known.match(bytes)?.length == (isKnown ? length : nil))
            }
            known.remember(UnsafeRawBufferPointer(start: nil, count: 0), HTTPMessageFraming())
        }
    }
}
