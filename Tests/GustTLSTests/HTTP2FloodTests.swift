#if TLS
import GustHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP2
import Testing

@testable import GustTLS

/// Clients that send many frames, or the parts of one frame slowly.
@Suite struct HTTP2FloodTests {
    private static let enhanceYourCalm: UInt8 = 0xB

    /// A connection on which the client has sent its preface and settings.
    private func wire(_ handler: any Handler = ImmediateHandler { _ in "" }) throws -> HTTP2Wire {
        let wire = try HTTP2Wire(isRaw: true, handler)
        try wire.send(raw: RawFrame.preface + RawFrame.settings.bytes)
        return wire
    }

    private func head(_ stream: Int, flags: UInt8 = 5) -> RawFrame {
        RawFrame(type: 1, flags: flags, stream: UInt32(stream), payload: RawFrame.head)
    }

    /// Sends frames until the server closes the connection; returns how many it took, and the code of `GOAWAY`.
    private func flood(_ wire: HTTP2Wire, _ maximum: Int, _ frame: (Int) -> [UInt8]) throws -> (Int, UInt8?) {
        for number in 0..<maximum {
            let frames = try wire.send(raw: frame(number))
            if let code = RawFrame.goAway(frames) { return (number, code) }
        }
        return (maximum, nil)
    }

    @Test func `requests that are reset at once end the connection`() throws {
        let writers = Writers()
        let wire = try wire(writers.handler)
        let (count, code) = try flood(wire, 1_000) { number in
            let stream = UInt32(2 * number + 1)
            return head(Int(stream)).bytes
                + RawFrame(type: 3, stream: stream, payload: [0, 0, 0, 8]).bytes
        }
        #expect(count <= 201 && code == Self.enhanceYourCalm)
        #expect(writers.count <= 202)
    }

    @Test(arguments: [
        RawFrame(type: 6, payload: Array(repeating: 0, count: 8)), RawFrame.settings,
        RawFrame(type: 2, stream: 1, payload: [0, 0, 0, 0, 1]),
    ])
    func `control frames without end end the connection`(_ frame: RawFrame) throws {
        let (count, code) = try flood(try wire(), 1_000) { _ in frame.bytes }
        #expect(count <= 201 && code == Self.enhanceYourCalm)
    }

    @Test func `window updates without end end the connection`() throws {
        let (count, code) = try flood(try wire(), 1_000) { _ in
            RawFrame(type: 8, payload: [0, 0, 0, 1]).bytes
        }
        #expect(count <= 201 && code == Self.enhanceYourCalm)
    }

    @Test func `window updates of a client that reads a long response are accepted`() throws {
        let wire = try HTTP2Wire(ImmediateHandler { _ in ByteBuffer(repeating: 0x61, count: 20_000_000) })
        let answer = try wire.answer(try wire.request())
        #expect(answer.body.readableBytes == 20_000_000 && answer.hasEnded)
    }

    @Test func `empty CONTINUATION frames without end end the connection`() throws {
        let wire = try wire()
        try wire.send(raw: head(1, flags: 1).bytes)
        let (count, code) = try flood(wire, 100) { _ in RawFrame(type: 9, stream: 1).bytes }
        #expect(count <= 6 && code == Self.enhanceYourCalm)
    }

    @Test func `empty DATA frames without end end the connection`() throws {
        let wire = try wire(BodyEcho())
        try wire.send(raw: head(1, flags: 4).bytes)
        let (count, code) = try flood(wire, 100) { _ in RawFrame(type: 0, stream: 1).bytes }
        #expect(count <= 2 && code == Self.enhanceYourCalm)
    }

    @Test func `a list of fields beyond all bounds ends the connection`() throws {
        let wire = try wire()
        // A field of 4 KiB is put into the table, and then named again and again by one byte (CVE-2016-6581).
        var block =
            RawFrame.head + [0x40, 0x01, UInt8(ascii: "a"), 0x7F, 0xA1, 0x1E] + Array(repeating: 0x61, count: 4_000)
        block += Array(repeating: 0xBE, count: 100)
        let frames = try wire.send(raw: RawFrame(type: 1, flags: 5, stream: 1, payload: block).bytes)
        #expect(RawFrame.goAway(frames) != nil)
        #expect(frames.allSatisfy { $0.type != 1 })
    }

    @Test func `more streams than allowed are refused, and the others go on`() throws {
        let writers = Writers()
        let wire = try wire(writers.handler)
        for number in 0..<100 { try wire.send(raw: head(2 * number + 1).bytes) }
        #expect(writers.count == 100)
        let frames = try wire.send(raw: head(201).bytes)
        #expect(writers.count == 100)
        #expect(frames.contains { $0.type == 3 || $0.type == 7 })
    }

    @Test func `bytes that aren't the preface end the connection`() throws {
        let wire = try HTTP2Wire(isRaw: true)
        let frames = try wire.send(raw: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        #expect(RawFrame.goAway(frames) == 1)
    }

    @Test func `a connection without a preface has a deadline`() throws {
        let wire = try HTTP2Wire(isRaw: true)
        try wire.send(raw: Array(RawFrame.preface.prefix(10)))
        wire.loop.advanceTime(by: .seconds(10))
        #expect(RawFrame.goAway(try wire.rawFrames()) == 1)
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
    }

    @Test func `a head that is received slowly has a deadline`() throws {
        let wire = try wire()
        let bytes = head(1).bytes
        try wire.send(raw: Array(bytes.prefix(12)))
        var isEnded = false
        for byte in bytes[12..<17] {
            wire.loop.advanceTime(by: .seconds(2))
            if RawFrame.goAway(try wire.send(raw: [byte])) == 1 { isEnded = true }
        }
        #expect(isEnded)
    }

    @Test func `a head whose CONTINUATION doesn't come has a deadline`() throws {
        let wire = try wire()
        try wire.send(raw: head(1, flags: 1).bytes)
        wire.loop.advanceTime(by: .seconds(10))
        #expect(RawFrame.goAway(try wire.rawFrames()) == 1)
    }

    @Test func `a head in time is answered, however it is cut`() throws {
        let wire = try wire()
        var frames: [RawFrame] = []
        for byte in head(1, flags: 1).bytes + RawFrame(type: 9, flags: 4, stream: 1).bytes {
            frames += try wire.send(raw: [byte])
        }
        #expect(frames.contains { $0.type == 1 && $0.stream == 1 })
        wire.loop.advanceTime(by: .seconds(11))
        #expect(RawFrame.goAway(try wire.rawFrames()) == nil)
    }
}
#endif
