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
