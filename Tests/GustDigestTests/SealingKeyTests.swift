import GustDigest
import Testing

/// AES-256 in Galois/Counter Mode.
@Suite struct SealingKeyTests {
    private let key = SealingKey([UInt8](repeating: 7, count: 32))

    // Test case 13 of the submission of GCM to NIST (McGrew and Viega): a key and a nonce of zeros, and no bytes.
    @Test func `the tag of a published sample is accepted`() {
        let tag: [UInt8] = [
            0x53, 0x0f, 0x8a, 0xfb, 0xc7, 0x45, 0x36, 0xb9, 0xa9, 0x63, 0xb4, 0xf1, 0xc4, 0xcb, 0x73, 0x8b,
        ]
        let zeros = SealingKey([UInt8](repeating: 0, count: 32))
        #expect(zeros.open([UInt8](repeating: 0, count: 12) + tag, context: []) == [])
    }

    @Test(arguments: [0, 1, 16, 1_000])
    func `sealed bytes are opened with the same key and context only`(count: Int) throws {
        let bytes = [UInt8](repeating: 1, count: count)
        let sealed = try #require(key.seal(bytes, context: [1]))
        #expect(sealed.count == 12 + count + 16)
        #expect(key.open(sealed, context: [1]) == bytes)
        #expect(key.open(sealed, context: [2]) == nil)
        #expect(SealingKey([UInt8](repeating: 8, count: 32)).open(sealed, context: [1]) == nil)
    }

    @Test func `sealed bytes with a changed bit, or too few, aren't opened`() throws {
        let sealed = try #require(key.seal([1, 2, 3], context: []))
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(key.open(changed, context: []) == nil)
        }
        for count in 0..<sealed.count { #expect(key.open(Array(sealed.prefix(count)), context: []) == nil) }
    }

    @Test func `the same bytes are sealed differently each time`() throws {
        #expect(try #require(key.seal([1], context: [])) != #require(key.seal([1], context: [])))
    }
}
