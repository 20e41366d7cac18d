#if TLS
import GustHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP2
import Testing

@testable import GustServer
@testable import GustTLS

/// The end of a connection of HTTP/2 when the server stops.
@Suite struct HTTP2ShutdownTests {
    @Test func `a connection without requests is closed at once`() throws {
        let wire = try HTTP2Wire()
        wire.context.beginShutdown()
        try wire.pump()
        #expect(wire.goAways.map(\.code) == [.noError])
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `a request in progress is answered before the connection is closed`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        wire.context.beginShutdown()
        try wire.pump()
        #expect(wire.goAways.map(\.last) == [Int(Int32.max), stream])
        writers[0].finish(ByteBuffer(string: "late"))
        let answer = try wire.answer(stream)
        #expect(answer.text == "late" && answer.hasEnded && answer.reset == nil)
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `a request that was sent before the client knew is answered`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        try wire.request()
        wire.carriesAnswers = false
        wire.context.beginShutdown()
        let second = try wire.request()
        #expect(writers.count == 2)
        wire.carriesAnswers = true
        try wire.pump()
        for index in 0..<2 { writers[index].finish(ByteBuffer(string: "\(index)")) }
        #expect(try wire.answer(second).text == "1")
        #expect(wire.goAways.map(\.last) == [Int(Int32.max), second])
    }

    @Test func `a client that doesn't answer the PING is drained after a second`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        wire.carriesAnswers = false
        wire.context.beginShutdown()
        wire.loop.advanceTime(by: .seconds(1))
        wire.carriesAnswers = true
        try wire.pump()
        #expect(wire.goAways.map(\.last) == [Int(Int32.max), stream])
    }

    @Test func `in a drain, the next request announces the end, and a stream goes on until its time`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        writers[0].write(ByteBuffer(string: "begun"))
        wire.context.beginDraining(over: .seconds(10))
        try wire.pump()
        #expect(wire.goAways.isEmpty)
        let request = try wire.request()
        writers[1].finish(ByteBuffer(string: "answer"))
        #expect(try wire.answer(request).text == "answer")
        #expect(
            wire.goAways.map(\.last) == [Int(Int32.max), request] && wire.goAways.allSatisfy { $0.code == .noError }
        )
        #expect(try wire.answer(stream).text == "begun")
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .seconds(10))
        writers[0].finish(ByteBuffer(string: " and ended"))
        #expect(try wire.answer(stream).text == "begun and ended")
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `a connection that begins while the server stops is closed`() throws {
        let wire = try HTTP2Wire(isRaw: true)
        wire.context.beginShutdown()
        let frames = try wire.send(raw: RawFrame.preface + RawFrame.settings.bytes)
        #expect(RawFrame.goAway(frames) == 0)
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }
}
#endif
