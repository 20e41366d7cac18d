// Operations by bytes, in place of Swift's operators, which work by canonical equivalence and by grapheme. With those, a
// peer can make `==` true for two different texts, and can hide a separator or a quote from `split` and `contains` by a
// combining mark after it.

extension StringProtocol {
    /// Whether both texts have the same UTF-8 bytes.
    @inlinable
    package func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.hasSameBytes(as: other.utf8) }

    /// Whether both texts have the same bytes, ignoring the case of ASCII letters.
    ///
    /// Only A to Z are folded (RFC 9110 §5.6.2, RFC 4343): the Kelvin sign isn't a `k`, and the long s isn't an `s`.
    @inlinable
    package func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) { $0.foldedASCII == $1.foldedASCII }
    }

    /// Whether the text begins with the bytes of `prefix`.
    @inlinable
    package func hasBytePrefix(_ prefix: some StringProtocol) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether the text begins with the bytes of `prefix`, ignoring the case of ASCII letters.
    @inlinable
    package func hasPrefixIgnoringASCIICase(_ prefix: some StringProtocol) -> Bool {
        utf8.starts(with: prefix.utf8) { $0.foldedASCII == $1.foldedASCII }
    }

    /// Whether the text ends with the bytes of `suffix`.
    @inlinable
    package func hasByteSuffix(_ suffix: some StringProtocol) -> Bool {
        utf8.reversed().starts(with: suffix.utf8.reversed())
    }

    /// The text with its ASCII letters in lower case; other bytes are unchanged.
    ///
    /// This allocates nothing for a short text without upper-case letters.
    @inlinable
    package func lowercasedASCII() -> String {
        guard utf8.contains(where: { $0 != $0.foldedASCII }) else { return String(self) }
        return String(decoding: utf8.lazy.map(\.foldedASCII), as: UTF8.self)
    }

    /// Whether the text is a token: one or more of the token characters of RFC 9110 §5.6.2.
    @inlinable
    package var isToken: Bool { !utf8.isEmpty && utf8.allSatisfy(\.isTokenCharacter) }
}

extension UInt8 {
    /// The lower-case letter for an upper-case ASCII letter; the byte itself for other bytes.
    @inlinable package var foldedASCII: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }

    /// Whether the byte is a space or a tab, the optional whitespace of fields (RFC 9110 §5.6.3).
    @inlinable package var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
