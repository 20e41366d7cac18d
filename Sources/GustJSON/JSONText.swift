package import NIOCore

/// Writes JSON (RFC 8259) without any detour.
package enum JSONText {
    /// Writes `text` as a string literal; only what must be escaped is.
    package static func write(_ text: String, into buffer: inout ByteBuffer) {
        var text = text
        buffer.writeInteger(UInt8(ascii: "\""))
        text.withUTF8 { writeEscaped(UnsafeRawBufferPointer($0), into: &buffer) }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Writes UTF-8 bytes as a string literal that is safe inside of a script element as well.
    ///
    /// `<` would let `</script>` end the script, and U+2028 and U+2029 end a line in older JavaScript; all three are
    /// escaped.
    package static func writeForScript(_ text: ByteBuffer, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        text.withUnsafeReadableBytes { bytes in
            var start = 0
            for index in 0..<bytes.count where index >= start {
                let isLess = bytes[index] == UInt8(ascii: "<")
                guard isLess || isLineSeparator(bytes, at: index) else { continue }
                writeEscaped(UnsafeRawBufferPointer(rebasing: bytes[start..<index]), into: &buffer)
                buffer.writeString(isLess ? #"\u003c"# : bytes[index + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#)
                start = index + (isLess ? 1 : 3)
            }
            writeEscaped(UnsafeRawBufferPointer(rebasing: bytes[start...]), into: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Copies runs of plain bytes at once: text of the usual kind is one run.
    private static func writeEscaped(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        var end = PlainBytes.endOfPlainText(in: bytes, from: 0)
        guard end < bytes.count else {
            buffer.writeBytes(bytes)
            return
        }
        // Counted first, so that there is room for all of them and each is a plain store.
        var escapes = 0
        while end < bytes.count {
            escapes += 1
            end = PlainBytes.endOfPlainText(in: bytes, from: end + 1)
        }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count + escapes * (longestEscape - 1)) {
            output in
            var written = 0
            var start = 0
            while true {
                let end = PlainBytes.endOfPlainText(in: bytes, from: start)
                let run = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                UnsafeMutableRawBufferPointer(rebasing: output[written...]).copyMemory(from: run)
                written += run.count
                guard end < bytes.count else { return written }
                written += escape(bytes[end], into: UnsafeMutableRawBufferPointer(rebasing: output[written...]))
                start = end + 1
            }
        }
    }

    /// The length of `\u0000`, in bytes.
    static let longestEscape = 6

    /// Whether U+2028 (E2 80 A8) or U+2029 (E2 80 A9) stands here.
    private static func isLineSeparator(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        bytes[index] == 0xE2 && index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8
    }

    /// Stores the escape of a byte that needs one; how many bytes that takes.
    static func escape(_ byte: UInt8, into output: UnsafeMutableRawBufferPointer) -> Int {
        output[0] = UInt8(ascii: "\\")
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output[1] = byte
        case 0x08: output[1] = UInt8(ascii: "b")
        case 0x09: output[1] = UInt8(ascii: "t")
        case 0x0A: output[1] = UInt8(ascii: "n")
        case 0x0C: output[1] = UInt8(ascii: "f")
        case 0x0D: output[1] = UInt8(ascii: "r")
        default:
            output[1] = UInt8(ascii: "u")
            output[2] = UInt8(ascii: "0")
            output[3] = UInt8(ascii: "0")
            output[4] = hexadecimalDigit(byte >> 4)
            output[5] = hexadecimalDigit(byte & 15)
            return longestEscape
        }
        return 2
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
