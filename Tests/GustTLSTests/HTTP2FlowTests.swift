#if TLS
import GustHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP2
import Testing

@testable import GustServer
@testable import GustTLS

/// Flow control, back-pressure, and the deadlines of streams.
@Suite struct HTTP2FlowTests {
    @Test func `a body that nobody reads isn't released`() throws {
        let wire = try HTTP2Wire(Writers().handler)
        let stream = try wire.request("POST", "/", endStream: false)
        for _ in 0..<16 { try wire.data(ByteBuffer(repeating: 0x61, count: 16_000), on: stream) }
        #expect(wire.windowUpdates[stream] == nil)
    }

    @Test func `a body that is read is released`() throws {
        let wire = try HTTP2Wire(BodyEcho(limit: 1_000_000))
        let stream = try wire.request("POST", "/", endStream: false)
        for _ in 0..<40 { try wire.data(ByteBuffer(repeating: 0x61, count: 16_000), on: stream) }
        try wire.data(ByteBuffer(), on: stream, endStream: true)
        #expect(try wire.answer(stream).body.readableBytes == 640_000)
        #expect((wire.windowUpdates[stream] ?? 0) >= 500_000)
        #expect((wire.windowUpdates[0] ?? 0) >= 983_041 + 524_288)
    }

    @Test func `padding is released`() throws {
        let wire = try HTTP2Wire(isRaw: true, BodyEcho(limit: 1_000_000))
        var frames = try wire.send(raw: RawFrame.preface + RawFrame.settings.bytes)
        // POST instead of GET.
        let head = RawFrame(type: 1, flags: 4, stream: 1, payload: [0x83] + RawFrame.head.dropFirst())
        frames += try wire.send(raw: head.bytes)
        let padded: [UInt8] = [200, 0x61] + Array(repeating: 0, count: 200)
        for _ in 0..<6_000 {
            frames += try wire.send(raw: RawFrame(type: 0, flags: 8, stream: 1, payload: padded).bytes)
        }
        #expect(RawFrame.goAway(frames) == nil)
        #expect(frames.count { $0.type == 8 && $0.stream == 1 } >= 8)
        #expect(frames.count { $0.type == 8 && $0.stream == 0 } >= 2)
    }

    @Test func `the bytes of a body that was answered without reading are released to the connection`() throws {
        let wire = try HTTP2Wire()
        for _ in 0..<10 {
            let stream = try wire.request("POST", "/", endStream: false)
            // The response resets the stream; the client may have sent bytes before it knew.
            for _ in 0..<8 {
                let frame = RawFrame(type: 0, stream: UInt32(stream), payload: Array(repeating: 0x61, count: 16_000))
                try wire.server.writeInbound(ByteBuffer(bytes: frame.bytes))
            }
            try wire.pump()
        }
        #expect(wire.isOpen)
        #expect((wire.windowUpdates[0] ?? 0) > 983_041)
    }

    @Test func `a writer has to stop when the client doesn't read`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        wire.readsBodies = false
        let stream = try wire.request()
        var written = 0
        while writers[0].isWritable {
            writers[0].write(ByteBuffer(repeating: 0x61, count: 16_000))
            written += 16_000
            try wire.pump()
        }
        #expect(written < 65_535 + 3 * 64 * 1_024)
        var isWritable = false
        writers[0].onWritable = { isWritable = true }
        try wire.send(.windowUpdate(windowSizeIncrement: 1_000_000), on: 0)
        try wire.send(.windowUpdate(windowSizeIncrement: 1_000_000), on: stream)
        #expect(isWritable && writers[0].isWritable)
    }

    @Test func `a stream whose client reads nothing is reset after the write deadline`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { _ in ByteBuffer(repeating: 0x61, count: 1_000_000) })
        wire.readsBodies = false
        let stream = try wire.request()
        wire.loop.advanceTime(by: .seconds(59))
        #expect(try wire.answer(stream).reset == nil)
        wire.loop.advanceTime(by: .seconds(62))
        #expect(try wire.answer(stream).reset == .cancel)
    }

    @Test func `a client that reads slowly isn't cut`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { _ in ByteBuffer(repeating: 0x61, count: 100_000) })
        wire.readsBodies = false
        let stream = try wire.request()
        for _ in 0..<35 {
            wire.loop.advanceTime(by: .seconds(50))
            try wire.send(.windowUpdate(windowSizeIncrement: 1_000), on: 0)
            try wire.send(.windowUpdate(windowSizeIncrement: 1_000), on: stream)
        }
        let answer = try wire.answer(stream)
        #expect(answer.hasEnded && answer.reset == nil && answer.body.readableBytes == 100_000)
    }

    @Test func `a client with a window of zero can't keep responses for ever`() throws {
        let settings = [HTTP2Setting(parameter: .initialWindowSize, value: 0)]
        let wire = try HTTP2Wire(settings: settings, ImmediateHandler { _ in "hello" })
        let streams = try (0..<20).map { _ in try wire.request() }
        wire.loop.advanceTime(by: .seconds(121))
        for stream in streams { #expect(try wire.answer(stream).reset == .cancel) }
    }

    @Test func `a body that stands still is answered 408`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", endStream: false)
        try wire.data(ByteBuffer(string: "a"), on: stream)
        wire.loop.advanceTime(by: .seconds(30))
        #expect(try wire.answer(stream).status == "408")
    }

    @Test func `a few bytes don't extend the deadline of a body`() throws {
        let wire = try HTTP2Wire(BodyEcho())
        let stream = try wire.request("POST", "/", endStream: false)
        for _ in 0..<3 {
            wire.loop.advanceTime(by: .seconds(9))
            try wire.data(ByteBuffer(string: "a"), on: stream)
        }
        wire.loop.advanceTime(by: .seconds(4))
        #expect(try wire.answer(stream).status == "408")
    }

    @Test func `a handler may take its time`() throws {
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        wire.loop.advanceTime(by: .hours(1))
        writers[0].finish(ByteBuffer(string: "late"))
        #expect(try wire.answer(stream).text == "late")
    }

    /// Counts the reads of a channel.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0
        func read(context: ChannelHandlerContext) { count += 1 }
    }

    @Test func `a connection whose client reads nothing isn't read from`() throws {
        let wire = try HTTP2Wire()
        let counter = ReadCounter()
        try wire.server.pipeline.syncOperations.addHandler(counter, position: .first)
        wire.server.isWritable = false
        wire.server.pipeline.fireChannelWritabilityChanged()
        wire.server.pipeline.read()
        #expect(counter.count == 0)
        wire.server.isWritable = true
        wire.server.pipeline.fireChannelWritabilityChanged()
        #expect(counter.count == 1)
    }

    @Test func `a connection whose client reads nothing is closed after the write deadline`() throws {
        let wire = try HTTP2Wire()
        wire.server.isWritable = false
        wire.server.pipeline.fireChannelWritabilityChanged()
        wire.loop.advanceTime(by: .seconds(59))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .seconds(1))
        #expect(!wire.isOpen)
    }

    @Test func `an idle connection is closed after the idle time`() throws {
        let wire = try HTTP2Wire()
        try wire.request()
        wire.loop.advanceTime(by: .seconds(74))
        try wire.pump()
        #expect(wire.goAways.isEmpty)
        wire.loop.advanceTime(by: .seconds(2))
        try wire.pump()
        #expect(wire.goAways.map(\.code) == [.noError])
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `frames of control don't extend the idle time`() throws {
        let wire = try HTTP2Wire()
        try wire.request()
        for _ in 0..<4 {
            wire.loop.advanceTime(by: .seconds(20))
            try wire.send(.ping(HTTP2PingData(), ack: false), on: 0)
        }
        #expect(wire.goAways.map(\.code) == [.noError])
    }
}
#endif
