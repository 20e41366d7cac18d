/// Reads JSON string literals (RFC 8259 §7).
package enum JSONStringReader {
    /// The text of a checked literal, quotes included.
    ///
    /// A lone surrogate (`\ud800`), which JSON allows and UTF-8 can't say, becomes U+FFFD.
    /// - Returns: nil if `bytes` is no string literal.
    package static func read(_ bytes: UnsafeRawBufferPointer) -> String? {
        let quote = UInt8(ascii: "\"")
        guard bytes.count >= 2, bytes[0] == quote, bytes[bytes.count - 1] == quote else { return nil }
        return unescape(UnsafeRawBufferPointer(rebasing: bytes[1..<bytes.count - 1]))
    }

    /// The text of what stands between the quotes of a checked literal.
    package static func unescape(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        // An escape is never shorter than what it stands for.
        return String(unsafeUninitializedCapacity: bytes.count) { output in
            var index = 0
            var written = 0
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                guard byte == UInt8(ascii: "\\"), index < bytes.count else {
                    output[written] = byte
                    written += 1
                    continue
                }
                let escape = bytes[index]
                index += 1
                if escape == UInt8(ascii: "u") {
                    let scalar = readScalar(bytes, &index)
                    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                        output[written] = unit
                        written += 1
                    }
                } else {
                    output[written] = plainEscape(escape)
                    written += 1
                }
            }
            return written
        }
    }

    private static func plainEscape(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    /// Reads what follows `\u`: four digits, and the other half of a surrogate pair if there is one.
    private static func readScalar(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard let high = readUnit(bytes, index) else { return replacement }
        index += 4
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard UTF16.isLeadSurrogate(high), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u"), let low = readUnit(bytes, index + 2), UTF16.isTrailSurrogate(low)
        else { return replacement }
        index += 6
        return Unicode.Scalar(0x1_0000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))) ?? replacement
    }

    private static func readUnit(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16? {
        guard index + 4 <= bytes.count else { return nil }
        return UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
    }
}
