extension UInt8 {
    /// Whether the byte is an ASCII letter or digit.
    package var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// The lower-case letter for an upper-case ASCII letter; the byte itself for other bytes.
    var lowercasedASCII: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }

    /// Whether the byte is a token character, as in names of fields and cookies (RFC 9110 §5.6.2).
    @usableFromInline
    package var isTokenCharacter: Bool { ASCIISet.token.contains(self) }
}
