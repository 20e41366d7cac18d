import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

@Suite struct HTTPConnectionTests {
    private let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    private func ok(_ body: String) -> String { "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)" }

    @Test func `a request is answered and the connection is kept`() throws {
        let wire = try Wire.echo()
        #expect(try wire.send(get) == ok("GET /a "))
        #expect(try wire.send(get) == ok("GET /a "))
        #expect(wire.isOpen)
    }

    @Test func `a request can be received byte by byte`() throws {
        let wire = try Wire.echo()
        var answer = ""
        for byte in "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".utf8 {
            answer += try wire.send(ByteBuffer(bytes: [byte]))
        }
        #expect(answer == ok("POST /b abc"))
    }

    @Test func `pipelined requests are answered in order`() throws {
        let wire = try Wire.echo()
        let requests = (0..<5).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        #expect(try wire.send(requests) == (0..<5).map { ok("GET /\($0) ") }.joined())
    }

    @Test func `the chunks of a body are joined; extensions and trailers are dropped`() throws {
        let wire = try Wire.echo()
        let body = "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
        #expect(
            try wire.send("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)\(get)")
                == ok("POST /c abcde") + ok("GET /a ")
        )
    }

    @Test func `100 Continue is sent when the handler reads the body`() throws {
        let wire = try Wire.echo()
        let head = "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(try wire.send(head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(try wire.send("ab") == ok("POST /d ab"))
    }

    @Test func `the response to HEAD has the length of the response to GET and no body`() throws {
        let wire = try Wire(ImmediateHandler { _ in "hello" })
        #expect(
            try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n"
        )
    }

    @Test func `a connection with Connection close is closed after the response`() throws {
        let wire = try Wire.echo()
        let answer = try wire.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nGET /a ")
        #expect(!wire.isOpen)
    }

    @Test func `an HTTP 1.0 connection is closed unless the client sends keep-alive`() throws {
        let wire = try Wire.echo()
        #expect(
            try wire.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                == "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: keep-alive\r\n\r\nGET /a "
        )
        _ = try wire.send("GET /a HTTP/1.0\r\n\r\n")
        #expect(!wire.isOpen)
    }

    @Test func `an absolute target is answered by its path`() throws {
        let wire = try Wire.echo()
        #expect(try wire.send("GET http://x/y?z HTTP/1.1\r\nHost: x\r\n\r\n") == ok("GET /y "))
    }

    // MARK: Streams

    /// The response in progress.
    ///
    /// `@unchecked Sendable`: a test and its embedded loop are one thread.
    private final class Streams: @unchecked Sendable {
        var writer: (any ResponseWriter)?
        var isAborted = false
    }

    private func streaming() throws -> (Wire, Streams) {
        let streams = Streams()
        let wire = try Wire(
            ImmediateHandler { _ in
                Response(
                    body: .stream { writer in
                        streams.writer = writer
                        writer.onAbort = { streams.isAborted = true }
                    }
                )
            }
        )
        return (wire, streams)
    }

    @Test func `a later response that is finished with one call has a Content-Length`() throws {
        let (wire, streams) = try streaming()
        #expect(try wire.send(get) == "")
        streams.writer?.finish(ByteBuffer(string: "late"))
        #expect(try wire.received() == ok("late"))
        #expect(!streams.isAborted)
    }

    @Test func `head and body of a later response are written in one write`() throws {
        let (wire, streams) = try streaming()
        try wire.send(get)
        streams.writer?.finish(ByteBuffer(string: "late"))
        guard case .byteBuffer(let bytes) = try wire.channel.readOutbound(as: IOData.self) else {
            Issue.record("nothing was written")
            return
        }
        #expect(String(buffer: bytes).hasSuffix("Content-Length: 4\r\n\r\nlate"))
        #expect(try wire.channel.readOutbound(as: IOData.self) == nil)
    }

    @Test func `a response in several pieces is sent in chunks`() throws {
        let (wire, streams) = try streaming()
        try wire.send(get)
        streams.writer?.write(ByteBuffer(string: "one"))
        #expect(try wire.received() == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        streams.writer?.finish(ByteBuffer(string: "two"))
        #expect(try wire.received() == "3\r\ntwo\r\n0\r\n\r\n")
    }

    @Test func `onAbort is called when the client disconnects`() throws {
        let (wire, streams) = try streaming()
        try wire.send(get)
        wire.channel.pipeline.fireChannelInactive()
        #expect(streams.isAborted)
        #expect(streams.writer?.isWritable == false)
    }

    @Test func `an error of a handler is answered 500 without its text`() throws {
        struct Secret: Error {}
        let wire = try Wire(ImmediateHandler { (_) throws -> String in throw Secret() })
        let answer = try wire.send(get)
        #expect(answer.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
        #expect(!answer.contains("Secret"))
        #expect(wire.isOpen)
    }

    // MARK: Deadlines

    @Test func `a head that is incomplete after ten seconds is answered 408`() throws {
        let wire = try Wire.echo()
        try wire.send("GET / HTTP/1.1\r\n")
        wire.loop.advanceTime(by: .seconds(9))
        #expect(try wire.send("Host") == "")
        wire.loop.advanceTime(by: .seconds(2))
        #expect(try wire.received().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(!wire.isOpen)
    }

    @Test func `a body that makes no progress is answered 408`() throws {
        let wire = try Wire.echo()
        try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
        wire.loop.advanceTime(by: .seconds(31))
        #expect(try wire.received().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(!wire.isOpen)
    }

    @Test func `a connection is closed after it has been idle for 75 seconds`() throws {
        let wire = try Wire.echo()
        wire.loop.advanceTime(by: .seconds(74))
        try wire.send(get)
        wire.loop.advanceTime(by: .seconds(74))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `a connection whose response is pending is not idle`() throws {
        let (wire, streams) = try streaming()
        try wire.send(get)
        wire.loop.advanceTime(by: .seconds(600))
        #expect(wire.isOpen)
        streams.writer?.finish()
        #expect(try wire.received() == ok(""))
    }

    // MARK: Shutdown

    @Test func `at shutdown an idle connection is closed at once, a busy one after its response`() throws {
        let idle = try Wire.echo()
        idle.context.beginShutdown()
        #expect(!idle.isOpen)
        let (busy, streams) = try streaming()
        try busy.send(get)
        busy.context.beginShutdown()
        #expect(busy.isOpen)
        streams.writer?.finish(ByteBuffer(string: "bye"))
        #expect(try busy.received() == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbye")
        #expect(!busy.isOpen)
    }
}
