/// Looks at sixteen bytes at a time: what most text is, plain, is passed quickly.
package enum PlainBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first byte from `start` on that a JSON string can't have as it is: a quote, a backslash or a
    /// control character; the end if there is none.
    package static func endOfPlainText(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        let count = bytes.count
        var index = start
        let lastTurn = count - 16
        while index <= lastTurn {
            let found = hits(in: (base + index).loadUnaligned(as: SIMD2<UInt64>.self))
            guard found[0] | found[1] == 0 else {
                return found[0] != 0 ? index + place(of: found[0]) : index + 8 + place(of: found[1])
            }
            index += 16
        }
        if index <= count - 8 {
            let word = (base + index).loadUnaligned(as: UInt64.self)
            let found = hits(in: SIMD2(word, word))[0]
            guard found == 0 else { return index + place(of: found) }
            index += 8
        }
        while index < count {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            index += 1
        }
        return index
    }

    /// Whether a JSON string can have all bytes as they are.
    ///
    /// The last words overlap those before them, so that few bytes are looked at alone.
    package static func arePlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let count = bytes.count
        guard count < 16 else { return areLongPlain(bytes) }
        let words: SIMD2<UInt64>
        if count >= 8 {
            words = SIMD2(
                bytes.loadUnaligned(as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            )
        } else if count >= 4 {
            let first = UInt64(bytes.loadUnaligned(as: UInt32.self))
            let last = UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            words = SIMD2(repeating: last << 32 | first)
        } else {
            return endOfPlainText(in: bytes, from: 0) == count
        }
        let found = hits(in: words)
        return found[0] | found[1] == 0
    }

    /// The same for sixteen bytes or more; all are looked at, because nearly all texts are plain.
    private static func areLongPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let last = bytes.count - 16
        var found = hits(in: bytes.loadUnaligned(fromByteOffset: last, as: SIMD2<UInt64>.self))
        var index = 0
        while index < last {
            found |= hits(in: bytes.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self))
            index += 16
        }
        return found[0] | found[1] == 0
    }

    /// The high bits of the bytes of two words that a JSON string can't have as they are; behind the lowest one of a word there may be
    /// wrong ones.
    ///
    /// `^ 0x02` swaps the quote, 0x22, with the blank, so that one comparison finds it and the control characters: both are below 0x21.
    /// A subtraction borrows from the next byte only where it finds something, so that the lowest hit is right. Written with wrapping
    /// arithmetic only, for which the compiler has vector instructions; it makes loops of comparisons of vectors.
    private static func hits(in words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        #if _endian(big)
        let words = SIMD2(words[0].byteSwapped, words[1].byteSwapped)
        #endif
        let quotesAndControls = (words ^ (ones &* 0x02)) &- (ones &* 0x21)
        let backslashes = (words ^ (ones &* 0x5C)) &- ones
        return (quotesAndControls | backslashes) & ~words & highBits
    }

    /// The number of the byte of the lowest hit in a word.
    private static func place(of found: UInt64) -> Int { found.trailingZeroBitCount / 8 }

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
