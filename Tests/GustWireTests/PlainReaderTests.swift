import NIOCore
import Testing

@testable import GustWire

/// The quick readers give what the thorough ones give, or leave the bytes to them.
@Suite struct PlainReaderTests {
    @Test(arguments: [
        (#"["a",1]"#, [0x92, 0xA1, 0x61, 0x01] as [UInt8]),
        (#"{"a":[true,false,null],"b":{}}"#, [0x82, 0xA1, 0x61, 0x93, 0xC3, 0xC2, 0xC0, 0xA1, 0x62, 0x80]),
        (
            "[-1,-128,255,65536,-32769]",
            [0x95, 0xFF, 0xD0, 0x80, 0xCC, 0xFF, 0xCE, 0, 1, 0, 0, 0xD2, 0xFF, 0xFF, 0x7F, 0xFF]
        ),
        (#""é""#, [0xA2, 0xC3, 0xA9]),
    ])
    func `plain MessagePack is written as JSON`(json: String, bytes: [UInt8]) {
        #expect(MessagePack.plainJSON(ByteBuffer(bytes: bytes)).map { String(buffer: $0) } == json)
    }

    @Test(
        arguments: [
            [0xC4, 1, 7],  // bytes
            [0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0],  // 1.5
            [0xD4, 0, 0],  // undefined
            [0xA1, 0x22], [0xA1, 0x0A],  // a quote, a control character
            [0xA1, 0xFF],  // no UTF-8
            [0xA2, 0x61], [0x92, 0x01], [0x81, 0xA1, 0x61],  // cut off
            [0x01, 0x01], [],  // more than one value, none
            [0x81, 0x01, 0x01],  // an integer as a key
            [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0xDB, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]]
    )
    func `what isn't plain is left to the thorough reader`(bytes: [UInt8]) {
        #expect(MessagePack.plainJSON(ByteBuffer(bytes: bytes)) == nil)
    }

    @Test func `arrays of more than 64 levels are left to the thorough reader, which refuses them`() {
        let bytes = ByteBuffer(bytes: [UInt8](repeating: 0x91, count: 64) + [0x01])
        #expect(MessagePack.plainJSON(bytes) == nil)
        #expect(throws: WireError.self) { try MessagePack.json(bytes, maximumAttachments: 1) }
    }

    @Test(arguments: 0..<20)
    func `random values are the same by both readers`(seed: UInt64) throws {
        var generator = Numbers(state: seed)
        for _ in 0..<500 {
            var bytes: [UInt8] = []
            Self.write(into: &bytes, depth: 0, &generator)
            if Int.random(in: 0..<4, using: &generator) == 0, !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let buffer = ByteBuffer(bytes: bytes)
            guard let plain = MessagePack.plainJSON(buffer) else { continue }
            var reader = MessagePackReader(buffer, maximumAttachments: 10)
            var json = ByteBuffer()
            try reader.readValue(into: &json)
            #expect(reader.isAtEnd && json == plain)
        }
    }

    private static func write(into bytes: inout [UInt8], depth: Int, _ numbers: inout Numbers) {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &numbers) {
        case 0: bytes.append(.random(in: 0...0x7F, using: &numbers))
        case 1: bytes.append([0xC0, 0xC2, 0xC3, 0xE0, 0xFF].randomElement(using: &numbers) ?? 0xC0)
        case 2: bytes += [0xCD, .random(in: 0...255, using: &numbers), .random(in: 0...255, using: &numbers)]
        case 3: bytes += [0xD3] + (0..<8).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        case 4:
            let texts = ["", "a", "a\"b", "ü😀", "\u{7}", "longer than eight bytes"]
            let text = Array(texts[Int.random(in: 0..<texts.count, using: &numbers)].utf8)
            bytes += [0xD9, UInt8(text.count)] + text
        case 5:
            let count = Int.random(in: 0...3, using: &numbers)
            bytes.append(0x90 | UInt8(count))
            for _ in 0..<count { write(into: &bytes, depth: depth + 1, &numbers) }
        default:
            let count = Int.random(in: 0...3, using: &numbers)
            bytes.append(0x80 | UInt8(count))
            for key in 0..<count {
                bytes += [0xA1, 0x61 + UInt8(key)]
                write(into: &bytes, depth: depth + 1, &numbers)
            }
        }
    }

    /// A generator whose numbers are the same in each run (SplitMix64).
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
