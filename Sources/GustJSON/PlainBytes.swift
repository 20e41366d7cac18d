/// Looks at eight bytes at a time: what most text is, plain, is passed quickly.
package enum PlainBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first byte from `start` on that a JSON string can't have as it is: a quote, a backslash or a
    /// control character; the end if there is none.
    package static func endOfPlainText(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        // Two words a turn: a turn costs as much as the look at one.
        while index + 16 <= bytes.count {
            let (first, second) = (hits(in: bytes, at: index), hits(in: bytes, at: index + 8))
            guard first | second == 0 else {
                return first != 0 ? index + first.trailingZeroBitCount / 8 : index + 8 + second.trailingZeroBitCount / 8
            }
            index += 16
        }
        if index + 8 <= bytes.count {
            let hits = hits(in: bytes, at: index)
            guard hits == 0 else { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            index += 1
        }
        return index
    }

    /// The high bits of the bytes of one word that a JSON string can't have as they are; behind the lowest one there may be wrong ones.
    ///
    /// `^ 0x02` swaps the quote, 0x22, with the blank, so that one comparison finds it and the control characters: both are below 0x21.
    /// A subtraction borrows from the next byte only where it finds something, so that the lowest hit is right.
    private static func hits(in bytes: UnsafeRawBufferPointer, at index: Int) -> UInt64 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let quotesAndControls = (word ^ ones &* 0x02) &- ones &* 0x21
        let backslashes = (word ^ ones &* 0x5C) &- ones
        return (quotesAndControls | backslashes) & ~word & highBits
    }

    /// Whether all bytes are ASCII.
    package static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count {
            guard bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & highBits == 0 else { return false }
            index += 8
        }
        return bytes[index...].allSatisfy { $0 < 0x80 }
    }
}
