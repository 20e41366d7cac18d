import NIOCore

/// Lengths in UTF-16 code units, in which JavaScript counts and so do 0.6, 0.9 and Engine.IO 3.
enum UTF16Length {
    /// How many UTF-16 code units checked UTF-8 stands for.
    static func count(_ text: ByteBuffer) -> Int {
        text.withUnsafeReadableBytes { bytes in
            var count = 0
            for byte in bytes { count += units(byte) }
            return count
        }
    }

    /// The index of the byte behind `length` units from `start` on; nil if the text ends earlier or a unit is half a
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

    /// A character counts where it begins: 2 outside of the basic plane, else 1.
    private static func units(_ byte: UInt8) -> Int {
        (byte & 0xC0 == 0x80 ? 0 : 1) + (byte >= 0xF0 ? 1 : 0)
    }
}
