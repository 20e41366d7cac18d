/// Makes session and socket identifiers: 20 characters of URL-safe base64, 120 bits from the system's secure random
/// source.
///
/// They are secrets: whoever knows a polling session's sid can take it over.
enum SessionIdentifier {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

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
