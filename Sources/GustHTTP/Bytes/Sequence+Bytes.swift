// The same as for texts, for bytes that aren't text yet. Inlined, because every request's head goes through them.

extension Sequence<UInt8> {
    /// Whether these are the bytes of `token`, but for the case of ASCII letters.
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
    /// Whether the bytes begin with those of `prefix`, but for the case of ASCII letters.
    @inlinable
    package func hasPrefixIgnoringASCIICase(_ prefix: StaticString) -> Bool {
        self.prefix(prefix.utf8CodeUnitCount).equalsIgnoringASCIICase(prefix)
    }
}
