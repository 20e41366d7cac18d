// The functions of `StringProtocol+Bytes.swift` for bytes that aren't text yet. They are inlinable, because they are called
// for every request's head.

extension Sequence<UInt8> {
    /// Whether the bytes equal those of `token`, ignoring the case of ASCII letters.
    @inlinable
    package func equalsIgnoringASCIICase(_ token: StaticString) -> Bool {
        token.withUTF8Buffer { token in
            var index = 0
            for byte in self {
                guard index < token.count, byte.foldedASCII == token[index].foldedASCII else { return false }
                index += 1
            }
            return index == token.count
        }
    }
}

extension Collection<UInt8> {
    /// Whether the bytes begin with those of `prefix`, ignoring the case of ASCII letters.
    @inlinable
    package func hasPrefixIgnoringASCIICase(_ prefix: StaticString) -> Bool {
        self.prefix(prefix.utf8CodeUnitCount).equalsIgnoringASCIICase(prefix)
    }
}
