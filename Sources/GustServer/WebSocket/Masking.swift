/// The masking of client frames (RFC 6455 §5.3): each byte XOR the byte of the key that stands at its place.
package enum Masking {
    /// Masks or unmasks `bytes` in place, eight at a time.
    ///
    /// `key` is as it lies in memory.
    package static func apply(_ key: UInt32, to bytes: UnsafeMutableRawBufferPointer) {
        guard key != 0, let start = bytes.baseAddress else { return }
        let wide = UInt64(key) << 32 | UInt64(key)
        let count = bytes.count
        var index = 0
        while index + 8 <= count {
            let place = start + index
            place.storeBytes(of: place.loadUnaligned(as: UInt64.self) ^ wide, as: UInt64.self)
            index += 8
        }
        while index < count {
            bytes[index] ^= UInt8(truncatingIfNeeded: UInt32(littleEndian: key) >> UInt32((index & 3) * 8))
            index += 1
        }
    }

    /// The key for the bytes behind the next `count`.
    static func rotate(_ key: UInt32, by count: Int) -> UInt32 {
        let shift = UInt32(count & 3) * 8
        guard shift > 0 else { return key }
        let key = UInt32(littleEndian: key)
        return UInt32(littleEndian: key >> shift | key << (32 - shift))
    }
}
