/// The masking of client frames (RFC 6455 §5.3): byte *i* is combined by XOR with byte *i* mod 4 of the key.
package enum Masking {
    /// Masks or unmasks `bytes` in place.
    ///
    /// `key` has the four bytes of the key in the order of the frame, whatever the byte order of the machine.
    package static func apply(_ key: UInt32, to bytes: UnsafeMutableRawBufferPointer) {
        if key != 0 { copy(UnsafeRawBufferPointer(bytes), to: bytes, maskedBy: key) }
    }

    /// Masks or unmasks bytes on their way to other memory, 32 bytes at a time.
    ///
    /// `target` has as many bytes as `source`, and may be the same memory.
    ///
    /// - Returns: Whether all bytes of the result are known to be ASCII, so that text needs no further look; false if the key is 0 and
    ///   nothing was looked at.
    @discardableResult
    package static func copy(
        _ source: UnsafeRawBufferPointer,
        to target: UnsafeMutableRawBufferPointer,
        maskedBy key: UInt32
    ) -> Bool {
        guard key != 0, let from = source.baseAddress, let to = target.baseAddress else {
            target.copyMemory(from: source)
            return false
        }
        let wide = UInt64(key) << 32 | UInt64(key)
        var seen = SIMD2<UInt64>()
        var seenLast: UInt32 = 0
        let count = source.count
        var index = 0
        while index <= count - 32 {
            let first = (from + index).loadUnaligned(as: SIMD2<UInt64>.self) ^ wide
            let second = (from + index + 16).loadUnaligned(as: SIMD2<UInt64>.self) ^ wide
            (to + index).storeBytes(of: first, as: SIMD2<UInt64>.self)
            (to + index + 16).storeBytes(of: second, as: SIMD2<UInt64>.self)
            seen |= first | second
            index += 32
        }
        if index <= count - 16 {
            let words = (from + index).loadUnaligned(as: SIMD2<UInt64>.self) ^ wide
            (to + index).storeBytes(of: words, as: SIMD2<UInt64>.self)
            seen |= words
            index += 16
        }
        while index <= count - 4 {
            let word = (from + index).loadUnaligned(as: UInt32.self) ^ key
            (to + index).storeBytes(of: word, as: UInt32.self)
            seenLast |= word
            index += 4
        }
        while index < count {
            let byte = source[index] ^ UInt8(truncatingIfNeeded: UInt32(littleEndian: key) >> UInt32((index & 3) * 8))
            target[index] = byte
            seenLast |= UInt32(byte)
            index += 1
        }
        return (seen[0] | seen[1] | UInt64(seenLast)) & 0x8080_8080_8080_8080 == 0
    }

    /// The key for the bytes that follow `count` bytes of the same frame.
    package static func rotate(_ key: UInt32, by count: Int) -> UInt32 {
        let shift = UInt32(count & 3) * 8
        guard shift > 0 else { return key }
        let key = UInt32(littleEndian: key)
        return UInt32(littleEndian: key >> shift | key << (32 - shift))
    }
}
