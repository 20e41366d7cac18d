import NIOCore
import Testing

@testable import GustJSON

struct PlainBytesTests {
    @Test func `the first byte that needs an escape is found at every position`() {
        for length in 0..<40 {
            for special: UInt8 in [0x00, 0x1F, 0x22, 0x5C] {
                for neighbour: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0x9F, 0xA2, 0xDC, 0xFF] {
                    let plain = [UInt8](repeating: neighbour, count: length)
                    let bytes = plain + [special] + plain + [special]
                    bytes.withUnsafeBytes { bytes in
                        #expect(PlainBytes.endOfPlainText(in: bytes, from: 0) == length)
                        #expect(PlainBytes.endOfPlainText(in: bytes, from: length + 1) == 2 * length + 1)
                    }
                    plain.withUnsafeBytes { #expect(PlainBytes.endOfPlainText(in: $0, from: 0) == length) }
                }
            }
        }
    }

    @Test func `a text is plain if no byte needs an escape, whatever its length and the place of the byte`() {
        for length in 0..<70 {
            var bytes = [UInt8](repeating: 0x7F, count: length)
            bytes.withUnsafeBytes { #expect(PlainBytes.arePlain($0)) }
            for place in 0..<length {
                for special: UInt8 in [0x00, 0x1F, 0x22, 0x5C] {
                    bytes[place] = special
                    bytes.withUnsafeBytes { #expect(!PlainBytes.arePlain($0)) }
                }
                bytes[place] = 0x80
                bytes.withUnsafeBytes { #expect(PlainBytes.arePlain($0)) }
                bytes[place] = 0x7F
            }
        }
    }

    @Test func `the neighbour of a byte changes nothing`() {
        let isPlain = { (byte: UInt8) in byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") }
        var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 27)
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                // In the first word, over the border of two words, in the single word, and in the rest.
                for place in [3, 7, 17, 25] {
                    bytes[place] = first
                    bytes[place + 1] = second
                    let end = bytes.withUnsafeBytes { PlainBytes.endOfPlainText(in: $0, from: 0) }
                    let expected = !isPlain(first) ? place : !isPlain(second) ? place + 1 : bytes.count
                    if end != expected { Issue.record("\(first), \(second) at \(place): \(end)") }
                    bytes[place] = UInt8(ascii: "a")
                    bytes[place + 1] = UInt8(ascii: "a")
                }
            }
        }
    }

    @Test func `ASCII ends at the first high byte`() {
        for length in 0..<20 {
            for position in 0..<max(length, 1) {
                var bytes = [UInt8](repeating: 0x7F, count: length)
                bytes.withUnsafeBytes { #expect(PlainBytes.isASCII($0)) }
                guard position < length else { continue }
                bytes[position] = 0x80
                bytes.withUnsafeBytes { #expect(!PlainBytes.isASCII($0)) }
            }
        }
    }
}
