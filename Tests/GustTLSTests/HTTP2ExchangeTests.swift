#if TLS
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import Testing

@testable import GustServer
@testable import GustTLS

/// Requests and responses of HTTP/2.
@Suite struct HTTP2ExchangeTests {
    @Test func `a request is answered`() throws {
        let wire = try HTTP2Wire()
        let answer = try wire.answer(try wire.request("GET", "/a?b"))
        #expect(answer.status == "200")
        #expect(answer.headers.first(name: "content-length") == "12")
        #expect(answer.headers.first(name: "content-type") == "text/plain; charset=utf-8")
        #expect(answer.headers.contains(name: "date"))
        #expect(answer.text == "GET /a https" && answer.hasEnded && answer.reset == nil)
    }

    @Test func `requests of one connection are answered on their streams`() throws {
        let wire = try HTTP2Wire()
        let streams = try (0..<50).map { try wire.request("GET", "/\($0)") }
        for (number, stream) in streams.enumerated() {
            #expect(try wire.answer(stream).text == "GET /\(number) https")
        }
    }

    @Test func `the authority is the Host of the request`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { request in request.headers.value(of: "host") ?? "none" })
        #expect(try wire.answer(try wire.request()).text == "example.com")
    }

    @Test func `the fields of several cookies are joined`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { request in request.headers[.cookie] ?? "none" })
        let stream = try wire.request("GET", "/", [("cookie", "a=1"), ("cookie", "b=2")])
        #expect(try wire.answer(stream).text == "a=1; b=2")
    }

    @Test func `a response to HEAD has the length of the body, and ends with its head`() throws {
        let wire = try HTTP2Wire()
        let answer = try wire.answer(try wire.request("HEAD", "/a"))
        #expect(answer.headers.first(name: "content-length") == "13")
        #expect(answer.text.isEmpty && answer.hasEnded)
    }

    @Test func `a response without content has neither body nor length`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { _ in Response(status: .noContent) })
        let answer = try wire.answer(try wire.request())
        #expect(answer.status == "204" && answer.hasEnded)
        #expect(!answer.headers.contains(name: "content-length"))
    }

    @Test(arguments: [true, false])
    func `a response without a body is sent when its handler answers, without a frame of the client`(
        hasTrailers: Bool
    ) throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        let writer = try #require(writers[0] as? any ServerResponseWriter)
        if hasTrailers { writer.trailers = [.server: "x"] }
        writer.finish()
        let answer = try wire.answer(stream)
        #expect(answer.status == "200" && answer.hasEnded)
    }

    @Test(arguments: [HTTPResponse.Status.seeOther, .noContent])
    func `an empty response that was awaited is sent`(status: HTTPResponse.Status) throws {
        let handler = LateHandler()
        let wire = try HTTP2Wire(handler)
        let stream = try wire.request()
        try #require(handler.waiting).resume(returning: Response(status: status))
        let answer = try wire.answer(stream)
        #expect(answer.status == "\(status.code)" && answer.hasEnded)
    }

    @Test func `the fields of a connection of HTTP/1.1 aren't sent`() throws {
        let wire = try HTTP2Wire(
            ImmediateHandler { _ in
                Response(headers: [.connection: "close", .transferEncoding: "chunked", .upgrade: "x", .server: "gust"])
            }
        )
        let answer = try wire.answer(try wire.request())
        #expect(answer.hasEnded)
        #expect(answer.headers.map(\.name).sorted() == [":status", "content-length", "date", "server"])
    }

    @Test func `a body is received in pieces`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", endStream: false)
        try wire.data(ByteBuffer(string: "one "), on: stream)
        #expect(try wire.answer(stream).status == nil)
        try wire.data(ByteBuffer(string: "two"), on: stream, endStream: true)
        #expect(try wire.answer(stream).text == "one two")
    }

    @Test func `an empty body ends the request`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", endStream: false)
        try wire.data(ByteBuffer(), on: stream, endStream: true)
        let answer = try wire.answer(stream)
        #expect(answer.status == "200" && answer.hasEnded)
    }

    @Test func `trailers end the body and are dropped`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", endStream: false)
        try wire.data(ByteBuffer(string: "body"), on: stream)
        try wire.head([("x-trailer", "1")], on: stream)
        #expect(try wire.answer(stream).text == "body")
    }

    @Test func `a client that expects 100 gets it when the body is read`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", [("expect", "100-continue")], endStream: false)
        #expect(try wire.answer(stream).informational == ["100"])
        try wire.data(ByteBuffer(string: "body"), on: stream, endStream: true)
        #expect(try wire.answer(stream).text == "body")
    }

    @Test func `a response before the end of the body tells the client to stop`() throws {
        let wire = try HTTP2Wire()
        let stream = try wire.request("POST", "/", endStream: false)
        let answer = try wire.answer(stream)
        #expect(answer.status == "200" && answer.hasEnded && answer.reset == .noError)
        #expect(wire.isOpen)
        #expect(try wire.answer(try wire.request()).status == "200")
    }

    @Test func `a body that is longer than its length ends the stream only`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", [("content-length", "2")], endStream: false)
        // The client would refuse to send this; its frames are made by hand.
        let frame = RawFrame(type: 0, flags: 1, stream: UInt32(stream), payload: Array("long".utf8))
        try wire.server.writeInbound(ByteBuffer(bytes: frame.bytes))
        #expect(try wire.answer(stream).reset == .protocolError)
        #expect(try wire.answer(try wire.request("POST", "/")).status == "200")
    }

    @Test func `a streamed response is sent piece by piece`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        writers[0].write(ByteBuffer(string: "one "))
        #expect(try wire.answer(stream).text == "one ")
        writers[0].finish(ByteBuffer(string: "two"))
        let answer = try wire.answer(stream)
        #expect(answer.text == "one two" && answer.hasEnded)
        #expect(!answer.headers.contains(name: "content-length"))
    }

    @Test func `a streamed response that is finished at once has a length`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        writers[0].finish(ByteBuffer(string: "all"))
        let answer = try wire.answer(stream)
        #expect(answer.text == "all" && answer.headers.first(name: "content-length") == "3")
    }

    @Test func `trailers are sent behind the body and end the stream`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        for isWhole in [true, false] {
            let stream = try wire.request()
            let writer = try #require(writers[writers.count - 1] as? any ServerResponseWriter)
            if !isWhole { writer.write(ByteBuffer(string: "o")) }
            writer.trailers = [.server: "x", .contentLength: "9", .connection: "close"]
            writer.finish(ByteBuffer(string: "k"))
            let answer = try wire.answer(stream)
            #expect(answer.text == (isWhole ? "k" : "ok") && answer.hasEnded && answer.reset == nil)
            // The other fields may not be in a trailer section (RFC 9110 §6.5.1).
            #expect(answer.trailers == HPACKHeaders([("server", "x")]))
        }
    }

    @Test func `early hints precede the response`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        let writer = try #require(writers[0] as? any ServerResponseWriter)
        writer.sendInterim(HTTPResponse.Status(code: 103, reasonPhrase: "Early Hints"), [.contentLanguage: "en"])
        #expect(try wire.answer(stream).informational == ["103"])
        #expect(try wire.answer(stream).status == nil)
        writer.finish(ByteBuffer(string: "a"))
        #expect(try wire.answer(stream).status == "200")
        writer.sendInterim(HTTPResponse.Status(code: 103, reasonPhrase: "Early Hints"), [:])
        #expect(try wire.answer(stream).informational == ["103"])
        #expect(try wire.answer(stream).text == "a")
    }

    @Test func `the completion of a response is called when it was sent`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        try wire.request()
        var outcome: Bool?
        writers[0].finish(ByteBuffer(string: "all")) { outcome = $0 }
        try wire.pump()
        #expect(outcome == true)
    }

    @Test func `an aborted response resets the stream`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        writers[0].write(ByteBuffer(string: "part"))
        writers[0].abort()
        let answer = try wire.answer(stream)
        #expect(answer.reset == .internalError && !answer.hasEnded)
        #expect(wire.isOpen)
    }

    @Test func `a response that is shorter than its length resets the stream`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        writers[0].headers[.contentLength] = "10"
        writers[0].write(ByteBuffer(string: "part"))
        writers[0].finish()
        #expect(try wire.answer(stream).reset == .internalError)
    }

    @Test func `a reset by the client aborts the response`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        var isAborted = false
        writers[0].onAbort = { isAborted = true }
        try wire.send(.rstStream(.cancel), on: stream)
        #expect(isAborted)
        #expect(wire.isOpen)
    }

    @Test func `the end of the connection aborts its responses`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        try wire.request()
        try wire.request()
        var aborted = 0
        for index in 0..<2 { writers[index].onAbort = { aborted += 1 } }
        wire.server.close(promise: nil)
        wire.loop.run()
        #expect(aborted == 2)
    }

    @Test func `a request can't be upgraded`() throws {
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let wire = try HTTP2Wire(
            ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) }
        )
        let answer = try wire.answer(try wire.request())
        #expect(answer.status == "400" && answer.text == "an upgrade needs a connection of HTTP/1.1")
    }

    @Test func `an error of a handler is answered`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { (_) throws -> String in throw HTTPError(.forbidden, "no") })
        let answer = try wire.answer(try wire.request())
        #expect(answer.status == "403" && answer.text == "no")
    }

    @Test func `a secret cookie isn't put into the table of the compression`() {
        let headers = HPACKHeaders(.ok, [.setCookie: "id=1"], length: nil, date: "now")
        #expect(headers.first { $0.name == "set-cookie" }?.indexable == .neverIndexed)
    }
}
#endif
