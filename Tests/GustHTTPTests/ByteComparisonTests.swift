import Testing

@testable import GustHTTP

/// Comparisons that look at eight bytes at a time give the results of those that look at each byte.
@Suite struct ByteComparisonTests {
    @Test(arguments: ["te", "host", "expect", "upgrade", "x-forwarded-for2", "connection", "content-length"])
    func `a name is compared without regard to the case of its letters, and to nothing else`(lowercase: String) {
        let name = Array(lowercase.utf8)
        for index in name.indices {
            for byte in UInt8.min..<0x80 where ASCIISet.token.contains(byte) {
                for isUpper in [false, true] {
                    var other = isUpper ? Array(lowercase.uppercased().utf8) : name
                    other[index] = byte
                    let isSame = other.map(\.foldedASCII) == name
                    let isToken = other.withUnsafeBytes { other in name.withUnsafeBytes { other.isToken($0) } }
                    #expect(isToken == isSame, "\(String(decoding: other, as: UTF8.self))")
                }
            }
        }
        #expect(!name.dropLast().withUnsafeBytes { other in name.withUnsafeBytes { other.isToken($0) } })
    }

    @Test(arguments: 0...20)
    func `a byte that isn't visible ASCII is found at each place`(length: Int) {
        for index in 0..<length {
            for byte in UInt8.min...UInt8.max {
                // Neighbours from which a carry or a borrow could come.
                for neighbour in [UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "a")] {
                    var bytes = [UInt8](repeating: neighbour, count: length)
                    bytes[index] = byte
                    let isVisible = byte > 0x20 && byte < 0x7F
                    #expect(bytes.withUnsafeBytes { $0.isVisibleASCII() } == isVisible, "\(bytes)")
                    #expect(
                        bytes.withUnsafeBytes { $0.isVisibleASCII(spaces: true) } == (isVisible || byte == 0x20),
                        "\(bytes)"
                    )
                }
            }
        }
        #expect([UInt8](repeating: 0x41, count: length).withUnsafeBytes { $0.isVisibleASCII() })
    }
}
