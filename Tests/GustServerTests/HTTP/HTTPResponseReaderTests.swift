import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustServer

/// Responses of other servers.
@Suite struct HTTPResponseReaderTests {
    /// What was read: status, body and whether the connection may be reused; nil at the end if more bytes are needed.
    private struct Outcome: Equatable {
        var status = 0
        var body = ""
        var isReusable: Bool?
        var rest = ""
    }

    private static func read(_ text: String, pieces: Int = .max) throws -> Outcome {
        var reader = HTTPResponseReader()
        var outcome = Outcome()
        var buffer = ByteBuffer()
        var bytes = Array(text.utf8)[...]
        while true {
            buffer.writeBytes(bytes.prefix(pieces))
            bytes = bytes.dropFirst(pieces)
            while let part = try reader.next(&buffer) {
                switch part {
                case .head(let status, _, _): outcome.status = status.code
                case .body(let bytes): outcome.body += String(buffer: bytes)
                case .end(let isReusable): outcome.isReusable = isReusable
                }
            }
            if bytes.isEmpty { break }
        }
        outcome.rest = String(buffer: buffer)
        return outcome
    }

    @Test(arguments: [1, 3, .max])
    func `bodies end by their length, their last chunk or not at all`(pieces: Int) throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
        #expect(
            try Self.read(head + "Content-Length: 2\r\n\r\nok", pieces: pieces)
                == Outcome(status: 200, body: "ok", isReusable: true)
        )
        #expect(
            try Self.read(head + "Content-Length: 2\r\nConnection: close\r\n\r\nok", pieces: pieces)
                == Outcome(status: 200, body: "ok", isReusable: false)
        )
        #expect(
            try Self.read(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\n\r\n", pieces: pieces)
                == Outcome(status: 200, body: "ok!", isReusable: true)
        )
        #expect(try Self.read(head + "\r\nok", pieces: pieces) == Outcome(status: 200, body: "ok"))
        #expect(try Self.read("HTTP/1.1 204 No Content\r\n\r\n") == Outcome(status: 204, isReusable: true))
        #expect(try Self.read("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n") == Outcome(status: 200, isReusable: true))
    }

    @Test func `the bytes behind an upgrade are left, and its head is available as it was sent`() throws {
        let head = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nconnection: Upgrade\r\n"
        var buffer = ByteBuffer(string: head + "\r\n\u{1}2")
        var reader = HTTPResponseReader()
        guard case .head(let status, let fields, let lines) = try reader.next(&buffer) else {
            Issue.record("no head")
            return
        }
        #expect(status.code == 101)
        #expect(fields[.upgrade] == "WebSocket")
        #expect(String(buffer: lines) == head)
        guard case .end(isReusable: false) = try reader.next(&buffer) else {
            Issue.record("no end")
            return
        }
        if try reader.next(&buffer) != nil { Issue.record("more than the end") }
        #expect(String(buffer: buffer) == "\u{1}2")
    }

    @Test(
        arguments: [
            ("HTTP/1.0 200 OK\r\n\r\n", "the response isn't one of HTTP/1.1"),
            ("HTTP/1.1 100 Continue\r\n\r\n", "an interim response"),
            ("HTTP/1.1 20x OK\r\n\r\n", "the status isn't a number"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n",
                "Content-Length of the response isn't one number"
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Content-Length of the response isn't one number"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
                "the transfer coding of the response isn't chunked"
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "the transfer coding of the response isn't chunked"),
            ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header field without a colon"),
            ("HTTP/1.1 200 OK\r\na: " + String(repeating: "x", count: 70_000), "the head of the response is too long"),
        ]
    )
    func `a response that can be read in two ways is refused`(text: String, reason: String) {
        let error = #expect(throws: HTTPParseError.self) { _ = try Self.read(text) }
        #expect(error?.message == reason)
    }
}
