/// Checks for UTF-8 (RFC 3629), eight bytes at a time where the text is ASCII.
package enum UTF8Check {
    /// The index of the first byte of a sequence that isn't UTF-8; nil if all bytes are UTF-8.
    package static func firstInvalid(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard !PlainBytes.isASCII(bytes) else { return nil }
        var index = 0
        while index < bytes.count {
            if index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            let length = lengthOfSequence(in: bytes, at: index)
            guard length > 0 else { return index }
            index += length
        }
        return nil
    }

    /// The length of the sequence that begins at `index`; 0 if it isn't one.
    ///
    /// The second byte has a smaller range behind four of the first bytes: against overlong sequences, surrogates and scalars above
    /// U+10FFFF (RFC 3629 §4).
    private static func lengthOfSequence(in bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0x00...0x7F: (1, 0x80...0xBF)
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            default: (0, 0x80...0xBF)
            }
        guard length > 1 else { return length }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
        for place in 2..<max(2, length) where bytes[index + place] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
