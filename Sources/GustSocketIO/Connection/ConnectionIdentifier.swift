import GustHTTP
import GustWire

/// Makes session and socket identifiers: 20 characters of URL-safe base64, 120 bits from the system's secure random
/// source.
///
/// They are secrets: whoever knows a polling session's sid can take it over.
enum ConnectionIdentifier {
    private static let plainAlphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

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

    /// Whether an identifier that an application has made can be used in URLs, cookies and packets of every revision.
    static func isValid(_ identifier: String) -> Bool {
        (1...128).contains(identifier.utf8.count)
            && identifier.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// A new identifier.
    static func make() -> String { RandomText.make(20) }
}
