import NIOCore

/// Lengths in UTF-16 code units, as JavaScript, and so 0.6, 0.9 and Engine.IO 3, count them.
enum UTF16Length {
    /// The length in UTF-16 code units of valid UTF-8.
    static func count(_ text: ByteBuffer) -> Int {
        text.withUnsafeReadableBytes { bytes in
            var count = 0
            for byte in bytes { count += units(byte) }
            return count
        }
    }

    /// The index of the byte after `length` code units from `start`; nil if the text is shorter, or if the last code unit is half of a
    /// character.
    static func end(of length: Int, from start: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = start
        var remaining = length
        while remaining > 0 {
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            remaining -= units(byte)
            index += byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        }
        return remaining == 0 && index <= bytes.count ? index : nil
    }

    /// The code units of the character that begins with this byte: 2 outside of the basic multilingual plane, otherwise 1; 0 for other bytes.
    private static func units(_ byte: UInt8) -> Int {
        (byte & 0xC0 == 0x80 ? 0 : 1) + (byte >= 0xF0 ? 1 : 0)
    }
}
