import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Clients that try to exhaust resources or to inject header fields.
@Suite("Attacks on HTTP") struct HTTPAttackTests {
    private let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"

    @Test func `a body that is received steadily but too slowly is answered 408`() throws {
        let wire = try Wire.echo()
        try wire.send(post)
        var answer = ""
        for _ in 0..<4 {
            answer += try wire.send("a")
            wire.loop.advanceTime(by: .seconds(9))
        }
        #expect(try (answer + wire.received()).hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(!wire.isOpen)
    }

    @Test func `chunks that are received too slowly are answered 408`() throws {
        let wire = try Wire.echo()
        try wire.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        var answer = ""
        for _ in 0..<4 {
            answer += try wire.send("1\r\na\r\n")
            wire.loop.advanceTime(by: .seconds(9))
        }
        #expect(try (answer + wire.received()).hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    }

    @Test func `a slow body with sufficient progress is read to its end`() throws {
        var limits = HTTPLimits()
        limits.bodyProgress = 100
        let wire = try Wire.echo(limits: limits)
        try wire.send(post)
        for _ in 0..<9 {
            #expect(try wire.send(String(repeating: "a", count: 100)) == "")
            wire.loop.advanceTime(by: .seconds(29))
        }
        #expect(try wire.send(String(repeating: "a", count: 100)).hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func `the reader of a body gets an error if the request is answered before the body ends`() throws {
        let waiting = Waiting()
        let wire = try Wire(
            ImmediateHandler { request in
                Response(
                    body: .stream { writer in
                        if case .stream(let stream) = request.body.storage { waiting.stream = stream }
                        request.body.collect(upTo: 10) { result in
                            // This closure holds the writer until it is called.
                            writer.finish()
                            waiting.result = result
                        }
                        writer.finish(ByteBuffer(string: "early"))
                    }
                )
            }
        )
        #expect(try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n").hasSuffix("\r\n\r\nearly"))
        guard case .failure = waiting.result else {
            Issue.record("the reader got no error")
            return
        }
        // The rest of the body is dropped, and the connection is kept.
        #expect(try wire.send("abGET / HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(waiting.stream == nil, "the body and its writer hold each other")
    }

    /// `@unchecked Sendable`: used on the embedded loop only.
    private final class Waiting: @unchecked Sendable {
        var result: Result<ByteBuffer, HTTPError>?
        weak var stream: RequestBodyStream?
    }

    // CVE-2026-28980, CVE-2022-3215, CVE-2025-67725: the cost of repeated fields is proportional to their length.
    @Test func `all values of a repeated field are read`() throws {
        let wire = try Wire(ImmediateHandler { $0.headers[values: .init("A") ?? .accept].joined() })
        let fields = String(repeating: "A: b\r\n", count: 99)
        #expect(
            try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n").hasSuffix(String(repeating: "b", count: 99))
        )
    }

    // Tornado 2.2.1, GHSA-7fj7-39wj-c64f: a handler that copies a peer's text into a field can't split the response.
    @Test(arguments: ["a\r\nX: y", "a\nX: y", "a\rX: y", "a\u{0}b", "a\r\n\r\n<html>"])
    func `a field value with a line end is sent as one line`(value: String) throws {
        let wire = try Wire(
            ImmediateHandler { _ in
                var response = Response("x")
                response.headers[.contentDisposition] = value
                return response
            }
        )
        let answer = try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let lines = answer.split(separator: "\r\n" as Character, omittingEmptySubsequences: false)
        #expect(lines.filter { $0.hasPrefix("X:") || $0.hasPrefix("<html>") }.isEmpty)
        #expect(!answer.contains("\u{0}"))
        #expect(answer.utf8.filter { $0 == 0x0A }.count == lines.count - 1)
    }

    // CVE-2025-67724: a reason phrase can't split the response either.
    @Test func `a reason phrase with a line end is sent as one line`() throws {
        let wire = try Wire(
            ImmediateHandler { _ in
                Response(status: .init(code: 299, reasonPhrase: "a\r\nX: y\r\n\r\n<html>"))
            }
        )
        let answer = try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 299 "))
        #expect(answer.hasSuffix("\r\nContent-Length: 0\r\n\r\n"))
        #expect(answer.split(separator: "\r\n" as Character).count == 2)
    }

    @Test func `limits are set by default`() {
        let limits = HTTPLimits()
        #expect(limits.headLength == 65_536)
        #expect(limits.fieldCount == 100)
        #expect(limits.targetLength == 8_192)
    }

    // CVE-2024-21631: a long host doesn't overflow; the host of the target is that of the request (RFC 9112 §3.2.2).
    @Test func `the host of an absolute target may be as long as a target`() throws {
        let wire = try Wire(ImmediateHandler { $0.headers.first { $0.name.canonicalName == "host" }?.value ?? "" })
        let host = "\(String(repeating: "a", count: 8_000)).example"
        #expect(try wire.send("GET http://\(host)/x HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("\r\n\r\n\(host)"))
    }
}
