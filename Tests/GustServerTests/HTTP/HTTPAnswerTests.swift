import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustServer

/// The framing of responses: the client can always tell where a response ends.
@Suite struct HTTPAnswerTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private func streaming(_ body: @escaping @Sendable (Request, any ResponseWriter) -> Void) throws -> Wire {
        try Wire(ImmediateHandler { request in Response(body: .stream { body(request, $0) }) })
    }

    @Test(arguments: [0, 1, 9, 10, 16_384, 16_385, 100_000])
    func `a text of any length is sent whole, with its length`(length: Int) throws {
        let text = String(repeating: "x", count: length)
        let wire = try Wire(ImmediateHandler { _ in text })
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: \(length)\r\n\r\n"
        #expect(try wire.send(get) == head + text)
        #expect(try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == head)
    }

    @Test func `fields are sent in the same lines whether they are prepared or made for the response`() throws {
        let isPrepared = ImmediateHandler { request in
            let fields: HTTPFields = [.contentType: "text/plain", .age: "1"]
            let status: HTTPResponse.Status = request.method == .get ? .notFound : .ok
            guard request.path == "/prepared" else { return Response(status: status, headers: fields) }
            return Response(status: status, prepared: PreparedFields(fields), .body(.bytes(ByteBuffer())))
        }
        let wire = try Wire(isPrepared)
        for method in ["GET", "POST"] {
            let prepared = try wire.send("\(method) /prepared HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(prepared.hasSuffix("\r\nContent-Type: text/plain\r\nAge: 1\r\nContent-Length: 0\r\n\r\n"))
            #expect(try wire.send("\(method) /made HTTP/1.1\r\nHost: x\r\n\r\n") == prepared)
        }
    }

    @Test func `a response that wasn't sent yet isn't changed by the next responses of the loop`() throws {
        let wire = try Wire(ImmediateHandler { request in request.path })
        for number in 0..<3 {
            try wire.channel.writeInbound(ByteBuffer(string: "GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n"))
        }
        #expect(try wire.received().split(separator: "\r\n\r\n").map { $0.prefix(2) } == ["HT", "/0", "/1", "/2"])
    }

    @Test func `a response without the bytes that its Content-Length declares closes the connection`() throws {
        let wire = try streaming { _, writer in
            writer.headers[.contentLength] = "5"
            writer.finish()
        }
        #expect(try wire.send(get + get) == "")
        #expect(!wire.isOpen)
    }

    @Test func `a response to HEAD without a declared length has no Content-Length`() throws {
        // "Content-Length: 0" would mean that the response to GET is empty.
        let wire = try streaming { _, writer in writer.finish() }
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == answer)
        #expect(wire.isOpen)
    }

    @Test func `a response to HEAD keeps the Content-Length of its fields`() throws {
        let wire = try streaming { _, writer in
            writer.headers[.contentLength] = "5"
            writer.finish()
        }
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        #expect(try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == answer)
        #expect(wire.isOpen)
    }

    @Test(arguments: [0, 42, 100, 101, 103, 199], [true, false])
    func `a status that isn't a final status is sent as 500`(code: Int, isStreamed: Bool) throws {
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

    @Test func `a 205 response has Content-Length 0 and no body`() throws {
        let wire = try Wire(
            ImmediateHandler { _ in Response(status: .resetContent, body: .bytes(ByteBuffer(string: "a"))) }
        )
        #expect(try wire.send(get) == "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func `100 Continue isn't sent after the beginning of the response`() throws {
        let wire = try streaming { request, writer in
            writer.write(ByteBuffer(string: "a"))
            request.body.collect(upTo: 10) { _ in writer.finish() }
        }
        let answer = try wire.send(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(answer.hasSuffix("Connection: close\r\n\r\n1\r\na\r\n"))
    }

    @Test func `a malformed body after the response causes no second response`() throws {
        let wire = try Wire(ImmediateHandler { _ in "early" })
        let answer = try wire.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")
        #expect(answer.hasSuffix("\r\n\r\nearly"))
        #expect(!wire.isOpen)
    }

    @Test func `blanks after a chunk's size are allowed before an extension only`() throws {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try Wire.echo().send(head + "1 \t;a=b\r\nx\r\n0\r\n\r\n").hasSuffix("POST / x"))
        #expect(try Wire.echo().send(head + "1 \r\nx\r\n0\r\n\r\n").hasSuffix("a chunk's size is followed by blanks"))
    }

    /// Counts the calls of `onAbort`.
    ///
    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Told: @unchecked Sendable {
        var count = 0
        var writer: (any ResponseWriter)?
    }

    @Test func `onAbort is called at once if the connection has already ended`() throws {
        let told = Told()
        let wire = try streaming { _, writer in told.writer = writer }
        try wire.send(get)
        wire.channel.pipeline.fireChannelInactive()
        told.writer?.onAbort = { told.count += 1 }
        #expect(told.count == 1)
        #expect(told.writer?.onAbort == nil)
    }

    @Test func `onAbort isn't called after the end of the response`() throws {
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

    @Test func `an upgrade with a body is refused, in any two pieces`() throws {
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

    @Test(arguments: [nil, "close", "Upgrade"])
    func `a streamed response is confirmed once, also in front of the end of the connection`(next: String?) throws {
        let confirmations = Mutex<[Bool]>([])
        let wire = try Wire(
            ImmediateHandler { request in
                guard request.path == "/stream" else {
                    return Response(body: .upgrade(WebSocketUpgrade { _ in WebSocketEvents() }))
                }
                return Response(
                    body: .stream { writer in
                        writer.finish(ByteBuffer(string: "a")) { isSent in confirmations.withLock { $0.append(isSent) }
                        }
                    }
                )
            }
        )
        let connection = next == "close" ? "Connection: close\r\n" : ""
        let upgrade = next == "Upgrade" ? "GET / HTTP/1.1\r\n\(Self.handshake)\r\n" : ""
        let answer = try wire.send("GET /stream HTTP/1.1\r\nHost: x\r\n\(connection)\r\n\(upgrade)")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"))
        #expect(answer.contains("\r\n\r\na"))
        #expect(answer.contains("101 Switching") == (next == "Upgrade"))
        #expect(confirmations.withLock { $0 } == [true])
    }

    @Test func `an upgrade over HTTP 1.0 is answered 426 with the protocol in Upgrade`() throws {
        let answer = try upgrading().send("GET / HTTP/1.0\r\n\(Self.handshake)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
        #expect(answer.contains("\r\nConnection: Upgrade, close\r\n"))
    }

    @Test func `an unsupported WebSocket version is answered 426 with the protocol and versions`() throws {
        let handshake = Self.handshake.replacing("Version: 13", with: "Version: 12")
        let answer = try upgrading().send("GET / HTTP/1.1\r\n\(handshake)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
        #expect(answer.contains("\r\nConnection: Upgrade, close\r\n"))
        #expect(answer.contains("\r\nSec-WebSocket-Version: 13, 8, 7\r\n"))
    }
}
