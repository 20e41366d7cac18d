#if TLS
import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer
@testable import GustTLS

/// Conversations with mistakes at random places: the connection ends, or goes on, and nothing of it is left.
@Suite struct HTTP2MutationTests {
    /// A generator whose numbers are the same in each run (SplitMix64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// Frames of ordinary clients, and some that are rare.
    private static let frames: [RawFrame] = [
        RawFrame(type: 1, flags: 5, stream: 1, payload: RawFrame.head),
        RawFrame(type: 1, flags: 4, stream: 3, payload: [0x83] + RawFrame.head.dropFirst()),
        RawFrame(type: 0, flags: 8, stream: 3, payload: [3] + Array("body".utf8) + [0, 0, 0]),
        RawFrame(type: 0, flags: 1, stream: 3, payload: Array("end".utf8)),
        RawFrame(type: 1, flags: 1, stream: 5, payload: Array(RawFrame.head.prefix(3))),
        RawFrame(type: 9, flags: 4, stream: 5, payload: Array(RawFrame.head.dropFirst(3))),
        RawFrame(type: 1, flags: 0x25, stream: 7, payload: [0, 0, 0, 1, 9] + RawFrame.head),
        RawFrame(type: 3, stream: 7, payload: [0, 0, 0, 8]),
        RawFrame(type: 4, payload: [0, 4, 0, 0, 0, 9]),
        RawFrame(type: 8, stream: 3, payload: [0, 0, 1, 0]),
        RawFrame(type: 8, payload: [0, 0, 1, 0]),
        RawFrame(type: 6, payload: Array("12345678".utf8)),
        RawFrame(type: 2, stream: 9, payload: [0, 0, 0, 1, 1]),
        RawFrame(type: 7, payload: [0, 0, 0, 0, 0, 0, 0, 0]),
        RawFrame(type: 0xFA, flags: 0xFF, stream: 1, payload: [1, 2, 3]),
    ]

    @Test(arguments: 0..<8)
    func `bytes that are changed, cut and moved leave nothing behind`(seed: Int) throws {
        var generator = Generator(state: UInt64(seed))
        for _ in 0..<150 {
            // Their deinitialiser checks that all objects are deallocated.
            let wire = try HTTP2Wire(isRaw: true, BodyEcho())
            var bytes = RawFrame.preface + RawFrame.settings.bytes
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                guard let frame = Self.frames.randomElement(using: &generator) else { continue }
                bytes += frame.bytes
            }
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0...20, using: &generator)) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...60, using: &generator))
                try wire.send(raw: Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                if Int.random(in: 0..<10, using: &generator) == 0 { wire.loop.advanceTime(by: .seconds(6)) }
            }
            if Bool.random(using: &generator) { wire.context.beginShutdown() }
            wire.loop.advanceTime(by: .minutes(5))
            #expect(!wire.isOpen)
        }
    }
}
#endif
