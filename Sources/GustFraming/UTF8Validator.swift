/// Checks UTF-8 (RFC 3629) piece by piece.
///
/// Surrogates, overlong forms and code points past U+10FFFF are invalid from the first byte that no valid text can have
/// there.
package struct UTF8Validator {
    /// The number of missing bytes of the current character; the next byte must be from ``lower`` to ``upper``.
    private var missing = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Begins a text.
    package init() {}

    /// Whether the text may end after the bytes so far.
    package var isComplete: Bool { missing == 0 }

    /// Whether `bytes` is UTF-8 from beginning to end.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return validator.accept(bytes) && validator.isComplete
    }

    /// Checks the next piece; `false` if the bytes so far can't be the beginning of valid UTF-8.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        let count = bytes.count
        while index < count {
            if missing == 0 {
                // Most text is ASCII, so eight bytes are checked at a time.
                while index + 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                guard index < count else { return true }
            }
            guard accept(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard byte >= lower, byte <= upper else { return false }
            missing -= 1
            lower = 0x80
            upper = 0xBF
            return true
        }
        switch byte {
        case 0..<0x80: break
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lower) = (2, 0xA0)
        case 0xED: (missing, upper) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lower) = (3, 0x90)
        case 0xF4: (missing, upper) = (3, 0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }
}
