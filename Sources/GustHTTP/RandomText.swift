/// Random secrets as text: characters of URL-safe base64 with 6 random bits each, from the system's secure random source.
package enum RandomText {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// A new secret of `length` characters; 22 characters have 132 random bits.
    package static func make(_ length: Int) -> String {
        var generator = RandomReserve()
        return make(length, using: &generator)
    }

    /// A new secret of `length` characters, from numbers of `generator`, of each of which 60 bits are used.
    package static func make(_ length: Int, using generator: inout some RandomNumberGenerator) -> String {
        alphabet.withUnsafeBufferPointer { alphabet in
            String(unsafeUninitializedCapacity: length) { characters in
                var bits: UInt64 = 0
                var left = 0
                for index in 0..<length {
                    if left == 0 { (bits, left) = (generator.next(), 10) }
                    characters[index] = alphabet[Int(bits & 63)]
                    bits >>= 6
                    left -= 1
                }
                return length
            }
        }
    }
}
