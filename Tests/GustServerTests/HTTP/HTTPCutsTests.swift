import GustHTTP
import NIOCore
import Testing

@testable import GustServer

/// The responses don't depend on how the received bytes are divided into reads.
@Suite struct HTTPCutsTests {
    /// A generator with a seed, so that a failure can be reproduced.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    private static let pieces = [
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\nGET http://y/b?c HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
        "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2 ;x\r\nab\r\n3\r\ncde\r\n0\r\nA: b\r\n\r\n",
        "HEAD /f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST /g HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n",
        "GET /h HTTP/1.1\r\nHost: <\r\n\r\n",
        "GET /i HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "BREW\n",
    ]

    private func answers(to bytes: [UInt8], cutAt cuts: [Int]) throws -> (text: String, isOpen: Bool) {
        let wire = try Wire.echo()
        var answer = ""
        var start = 0
        for cut in cuts + [bytes.count] where cut > start {
            answer += try wire.send(ByteBuffer(bytes: bytes[start..<cut]))
            start = cut
        }
        return (answer, wire.isOpen)
    }

    @Test(arguments: 0..<200) func `the responses don't depend on the division into reads`(seed: Int) throws {
        var generator = Generator(state: UInt64(seed))
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            bytes += Array((Self.pieces.randomElement(using: &generator) ?? "").utf8)
        }
        // In some streams one byte is changed.
        if Bool.random(using: &generator), let index = bytes.indices.randomElement(using: &generator) {
            bytes[index] = UInt8.random(in: 0...255, using: &generator)
        }
        let whole = try answers(to: bytes, cutAt: [])
        for _ in 0..<5 {
            let count = Int.random(in: 1...20, using: &generator)
            let cuts = (0..<count).map { _ in Int.random(in: 0..<bytes.count, using: &generator) }.sorted()
            let cut = try answers(to: bytes, cutAt: cuts)
            #expect(cut.text == whole.text, "\(String(decoding: bytes, as: UTF8.self).debugDescription) cut at \(cuts)")
            #expect(cut.isOpen == whole.isOpen)
        }
    }
}
