package import NIOCore

/// Writes JSON (RFC 8259) without any detour.
package enum JSONText {
    /// Writes `text` as a string literal; only what must be escaped is.
    package static func write(_ text: String, into buffer: inout ByteBuffer) {
        var text = text
        buffer.writeInteger(UInt8(ascii: "\""))
        text.withUTF8 { writeEscaped(UnsafeRawBufferPointer($0), into: &buffer, escapesForScript: false) }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Writes UTF-8 bytes as a string literal that is safe inside of a script element as well.
    ///
    /// `<` would let `</script>` end the script, and U+2028 and U+2029 end a line in older JavaScript; all three are
    /// escaped.
    package static func writeForScript(_ text: ByteBuffer, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        text.withUnsafeReadableBytes { writeEscaped($0, into: &buffer, escapesForScript: true) }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Copies runs of plain bytes at once: text of the usual kind is one run.
    private static func writeEscaped(
        _ bytes: UnsafeRawBufferPointer,
        into buffer: inout ByteBuffer,
        escapesForScript: Bool
    ) {
        var start = 0
        var index = 0
        while true {
            let end = PlainBytes.endOfPlainText(in: bytes, from: index)
            if escapesForScript { writeScriptEscapes(bytes, index..<end, &start, into: &buffer) }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            guard end < bytes.count else { return }
            writeEscape(for: bytes[end], into: &buffer)
            start = end + 1
            index = start
        }
    }

    /// Writes what `range` has up to the last character that only a script must not have.
    private static func writeScriptEscapes(
        _ bytes: UnsafeRawBufferPointer,
        _ range: Range<Int>,
        _ start: inout Int,
        into buffer: inout ByteBuffer
    ) {
        for index in range where index >= start {
            let isLess = bytes[index] == UInt8(ascii: "<")
            guard isLess || isLineSeparator(bytes, at: index) else { continue }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            buffer.writeString(isLess ? #"\u003c"# : bytes[index + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#)
            start = index + (isLess ? 1 : 3)
        }
    }

    /// Whether U+2028 (E2 80 A8) or U+2029 (E2 80 A9) stands here.
    private static func isLineSeparator(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        bytes[index] == 0xE2 && index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8
    }

    private static func writeEscape(for byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString(#"\""#)
        case UInt8(ascii: "\\"): buffer.writeStaticString(#"\\"#)
        case 0x08: buffer.writeStaticString(#"\b"#)
        case 0x09: buffer.writeStaticString(#"\t"#)
        case 0x0A: buffer.writeStaticString(#"\n"#)
        case 0x0C: buffer.writeStaticString(#"\f"#)
        case 0x0D: buffer.writeStaticString(#"\r"#)
        default:
            buffer.writeStaticString(#"\u00"#)
            buffer.writeInteger(hexadecimalDigit(byte >> 4))
            buffer.writeInteger(hexadecimalDigit(byte & 15))
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
