import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Whatever a handler answers, the client knows where the answer ends.
@Suite struct HTTPAnswerTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private func streaming(_ body: @escaping @Sendable (Request, any ResponseWriter) -> Void) throws -> Wire {
        try Wire(ImmediateHandler { request in Response(body: .stream { body(request, $0) }) })
    }

    @Test func `an answer that has none of the bytes its length promises breaks the connection off`() throws {
        let wire = try streaming { _, writer in
            writer.headers[.contentLength] = "5"
            writer.finish()
        }
        #expect(try wire.send(get + get) == "")
        #expect(!wire.isOpen)
    }

    @Test func `an answer to HEAD that declares no length has none`() throws {
        // "Content-Length: 0" would say that a GET is answered with nothing.
        let wire = try streaming { _, writer in writer.finish() }
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == answer)
        #expect(wire.isOpen)
    }

    @Test func `an answer to HEAD keeps the length that its fields declare`() throws {
        let wire = try streaming { _, writer in
            writer.headers[.contentLength] = "5"
            writer.finish()
        }
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        #expect(try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == answer)
        #expect(wire.isOpen)
    }

    @Test(arguments: [0, 42, 100, 101, 103, 199], [true, false])
    func `a status that is no final one is sent as 500`(code: Int, isStreamed: Bool) throws {
        let status = HTTPResponse.Status(code: code)
        let wire = try Wire(
            ImmediateHandler { _ in
                guard isStreamed else { return Response(status: status, body: .bytes(ByteBuffer(string: "a"))) }
                return Response(
                    status: status,
                    body: .stream { writer in
                        writer.write(ByteBuffer(string: "a"))
                        writer.finish()
                    }
                )
            }
        )
        #expect(try wire.send(get).hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
        #expect(try wire.send(get).hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
    }

    @Test func `a 205 has the length 0 and no body`() throws {
        let wire = try Wire(
            ImmediateHandler { _ in Response(status: .resetContent, body: .bytes(ByteBuffer(string: "a"))) }
        )
        #expect(try wire.send(get) == "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func `a client isn't told to go on behind the beginning of its answer`() throws {
        let wire = try streaming { request, writer in
            writer.write(ByteBuffer(string: "a"))
            request.body.collect(upTo: 10) { _ in writer.finish() }
        }
        let answer = try wire.send(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(answer.hasSuffix("Connection: close\r\n\r\n1\r\na\r\n"))
    }

    @Test func `a body that breaks when its request was answered has no second answer`() throws {
        let wire = try Wire(ImmediateHandler { _ in "early" })
        let answer = try wire.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")
        #expect(answer.hasSuffix("\r\n\r\nearly"))
        #expect(!wire.isOpen)
    }

    @Test func `blanks in front of a chunk's extension are skipped, others are refused`() throws {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try Wire.echo().send(head + "1 \t;a=b\r\nx\r\n0\r\n\r\n").hasSuffix("POST / x"))
        #expect(try Wire.echo().send(head + "1 \r\nx\r\n0\r\n\r\n").hasSuffix("a chunk's size has blanks behind it"))
    }

    /// Knows whether a writer told it of the end.
    ///
    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Told: @unchecked Sendable {
        var count = 0
        var writer: (any ResponseWriter)?
    }

    @Test func `who asks to be told of the peer's end when that has come is told at once`() throws {
        let told = Told()
        let wire = try streaming { _, writer in told.writer = writer }
        try wire.send(get)
        wire.channel.pipeline.fireChannelInactive()
        told.writer?.onAbort = { told.count += 1 }
        #expect(told.count == 1)
        #expect(told.writer?.onAbort == nil)
    }

    @Test func `who asks to be told of the peer's end behind the answer isn't told`() throws {
        let told = Told()
        let wire = try streaming { _, writer in
            writer.finish()
            writer.onAbort = { told.count += 1 }
        }
        try wire.send(get)
        wire.channel.close(promise: nil)
        #expect(told.count == 0)
    }

    // MARK: Upgrades

    private static let handshake = """
        Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """

    private func upgrading() throws -> Wire {
        try Wire(ImmediateHandler { _ in Response(body: .upgrade(WebSocketUpgrade { _ in WebSocketEvents() })) })
    }

    @Test func `an upgrade with a body is refused, however it is cut`() throws {
        let request = "GET / HTTP/1.1\r\n\(Self.handshake)Content-Length: 2\r\n\r\nab"
        for cut in 0..<request.utf8.count {
            let wire = try upgrading()
            let answer =
                try wire.send(String(decoding: request.utf8.prefix(cut), as: UTF8.self))
                + wire.send(String(decoding: request.utf8.dropFirst(cut), as: UTF8.self))
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "cut at \(cut)")
            #expect(answer.hasSuffix("\r\n\r\nan upgrade with a body"), "cut at \(cut)")
        }
    }

    @Test func `an upgrade over HTTP 1.0 is answered 426, which names the protocol`() throws {
        let answer = try upgrading().send("GET / HTTP/1.0\r\n\(Self.handshake)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
        #expect(answer.contains("\r\nConnection: Upgrade, close\r\n"))
    }

    @Test func `a version of WebSocket that isn't spoken is answered 426, which names protocol and versions`() throws {
        let handshake = Self.handshake.replacing("Version: 13", with: "Version: 12")
        let answer = try upgrading().send("GET / HTTP/1.1\r\n\(handshake)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
        #expect(answer.contains("\r\nConnection: Upgrade, close\r\n"))
        #expect(answer.contains("\r\nSec-WebSocket-Version: 13, 8, 7\r\n"))
    }
}
