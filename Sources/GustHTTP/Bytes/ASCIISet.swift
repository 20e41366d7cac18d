/// A set of ASCII characters; whether a byte is one of them is found without a comparison for each.
package struct ASCIISet: Sendable {
    /// One bit for each character, those below 64 in the first word.
    @usableFromInline let low: UInt64
    @usableFromInline let high: UInt64

    /// Makes the set of these characters; with letters and digits if `withLettersAndDigits` is `true`.
    package init(_ characters: StaticString, withLettersAndDigits: Bool = false) {
        var words: (low: UInt64, high: UInt64) = (0, 0)
        func insert(_ byte: UInt8) {
            if byte < 64 { words.low |= 1 << byte } else { words.high |= 1 << (byte - 64) }
        }
        characters.withUTF8Buffer { for byte in $0 where byte < 0x80 { insert(byte) } }
        if withLettersAndDigits { for byte in UInt8.min..<0x80 where byte.isLetterOrDigit { insert(byte) } }
        (low, high) = words
    }

    /// Whether the byte is one of the characters.
    @inlinable
    package func contains(_ byte: UInt8) -> Bool {
        byte < 0x80 && (byte < 64 ? low : high) &>> (byte & 63) & 1 == 1
    }

    /// The number of bytes before the first at or after `start` that isn't one of the characters.
    package func end(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int {
        var index = start
        // Read once: the compiler would compute it for each byte.
        let count = bytes.count
        while index < count, contains(bytes[index]) { index += 1 }
        return index
    }

    /// The characters of a token (RFC 9110 §5.6.2).
    package static let token = ASCIISet("!#$%&'*+-.^_`|~", withLettersAndDigits: true)
}
