#if !canImport(CryptoKit)
import GustDigest
import Testing

/// scrypt against the samples of RFC 7914.
@Suite struct ScryptTests {
    // RFC 7914 §12.
    @Test func `scrypt gives the RFC's second sample`() {
        let key = Scrypt.key(
            from: Array("password".utf8),
            salt: Array("NaCl".utf8),
            cost: 1_024,
            blockSize: 8,
            parallelism: 16,
            length: 64
        )
        #expect(key?.prefix(8) == [0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00])
        #expect(key?.suffix(8) == [0x83, 0x60, 0xcb, 0xdf, 0xa2, 0xcc, 0x06, 0x40])
    }

    @Test func `a cost that isn't a power of two is refused`() {
        #expect(Scrypt.key(from: [1], salt: [2], cost: 1_000, blockSize: 8, parallelism: 1, length: 32) == nil)
    }
}
#endif
