import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Back-pressure towards slow peers, and responses that don't match their heads.
@Suite struct HTTPBackPressureTests {
    private func streaming(_ body: @escaping @Sendable (Request, any ResponseWriter) -> Void) throws -> Wire {
        try Wire(ImmediateHandler { request in Response(body: .stream { body(request, $0) }) })
    }

    @Test func `further requests aren't answered while the peer doesn't read`() throws {
        let wire = try Wire.echo()
        wire.channel.isWritable = false
        wire.channel.pipeline.fireChannelWritabilityChanged()
        let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(try wire.send(get + get) == "")
        wire.channel.isWritable = true
        wire.channel.pipeline.fireChannelWritabilityChanged()
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nGET /a "
        #expect(try wire.received() == answer + answer)
    }

    @Test func `a peer that reads nothing for a minute is disconnected`() throws {
        let wire = try Wire.echo()
        wire.channel.isWritable = false
        wire.channel.pipeline.fireChannelWritabilityChanged()
        wire.loop.advanceTime(by: .seconds(59))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `the deadline of a body doesn't run while the handler doesn't read`() throws {
        let box = Pieces()
        let wire = try streaming { request, writer in
            guard case .stream(let body) = request.body.storage else { return }
            box.body = body
            box.request = request
            box.writer = writer
            // Demands one piece, as `for await` does, and no more until later.
            body.onDemand?(true)
        }
        try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
        try wire.send("ab")
        box.body?.onDemand?(false)
        wire.loop.advanceTime(by: .seconds(600))
        #expect(wire.isOpen)
        #expect(try wire.received() == "")
        try wire.send("cd")
        box.request?.body.collect(upTo: 10) { box.result = $0 }
        guard case .success(let body) = box.result else {
            Issue.record("the body wasn't received in full")
            return
        }
        #expect(String(buffer: body) == "abcd")
    }

    @Test func `a streamed response to HEAD has no body`() throws {
        let wire = try streaming { _, writer in
            writer.write(ByteBuffer(string: "one"))
            writer.finish(ByteBuffer(string: "two"))
        }
        #expect(
            try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
                == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        #expect(wire.isOpen)
    }

    @Test func `a streamed 204 response has no body`() throws {
        let wire = try streaming { _, writer in
            writer.status = .noContent
            writer.write(ByteBuffer(string: "one"))
            writer.finish()
        }
        #expect(try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 204 No Content\r\n\r\n")
    }

    @Test func `a body is cut to its Content-Length`() throws {
        let wire = try streaming { _, writer in
            writer.headers[.contentLength] = "3"
            writer.write(ByteBuffer(string: "ab"))
            writer.write(ByteBuffer(string: "cd"))
            writer.finish()
        }
        #expect(
            try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
        )
        #expect(wire.isOpen)
    }

    @Test func `a body shorter than its Content-Length closes the connection`() throws {
        let wire = try streaming { _, writer in
            writer.headers[.contentLength] = "3"
            writer.write(ByteBuffer(string: "ab"))
            writer.finish()
        }
        try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(!wire.isOpen)
    }

    @Test(arguments: [
        "3;x\ry\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n0\r\nA: b\rC: d\r\n\r\n", "3;\u{0}\r\nabc\r\n0\r\n\r\n",
    ])
    func `a control character in a chunk's lines is refused`(body: String) throws {
        let answer = try Wire.echo()
            .send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("\r\n\r\na control character in a chunk's line"))
    }

    @Test func `an upgrade whose body has not been received is refused`() throws {
        let wire = try Wire(
            ImmediateHandler { _ in Response(body: .upgrade(WebSocketUpgrade { _ in Deaf() })) }
        )
        let answer = try wire.send(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 9\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("\r\n\r\nan upgrade with a body"))
        #expect(!wire.isOpen)
    }

    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Pieces: @unchecked Sendable {
        var request: Request?
        var body: RequestBodyStream?
        var writer: (any ResponseWriter)?
        var result: Result<ByteBuffer, HTTPError>?
    }

    private final class Deaf: WebSocketReceiver {
        func receive(text: ByteBuffer) {}
        func receive(binary: ByteBuffer) {}
        func writabilityChanged(isWritable: Bool) {}
        func closed(_ closure: WebSocketClosure) {}
    }
}
