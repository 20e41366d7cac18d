import GustWire

/// Makes session and socket identifiers: 20 characters of URL-safe base64, 120 bits from the system's secure random
/// source.
///
/// They are secrets: whoever knows a polling session's sid can take it over.
enum SessionIdentifier {
    private static let plainAlphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// A new identifier as a generation's clients take it.
    ///
    /// Where routes of old applications let only digits and letters pass: 26 characters of base 32, 130 bits.
    static func make(for revision: Revision) -> String {
        guard revision.rules.hasPlainIdentifiers else { return make() }
        var generator = SystemRandomNumberGenerator()
        return String(unsafeUninitializedCapacity: 26) { characters in
            for part in 0..<3 {
                var bits: UInt64 = generator.next()
                for index in (part * 10)..<min(part * 10 + 10, 26) {
                    characters[index] = plainAlphabet[Int(bits & 31)]
                    bits >>= 5
                }
            }
            return 26
        }
    }

    /// A new identifier.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return make(using: &generator)
    }

    /// A new identifier out of two numbers of `generator`, 60 bits of each.
    static func make(using generator: inout some RandomNumberGenerator) -> String {
        String(unsafeUninitializedCapacity: 20) { characters in
            for half in 0..<2 {
                var bits: UInt64 = generator.next()
                for index in 0..<10 {
                    characters[half * 10 + index] = alphabet[Int(bits & 63)]
                    bits >>= 6
                }
            }
            return 20
        }
    }
}
