import GustDigest
import Testing

/// HMAC-SHA256 against the samples of RFC 4231, and the comparison of codes.
@Suite struct AuthenticationKeyTests {
    private static let key = AuthenticationKey(Array("Jefe".utf8))
    private static let message = Array("what do ya want for nothing?".utf8)
    private static let code: [UInt8] = [
        0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
        0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
    ]

    @Test func `the code of the RFC's second sample is computed and accepted`() {
        #expect(Self.key.code(for: Self.message) == Self.code)
        #expect(Self.key.isValid(Self.code, for: Self.message))
    }

    // RFC 4231 §4.7: a key that is longer than a block of the digest.
    @Test func `a key longer than a block is hashed first`() {
        let code = AuthenticationKey([UInt8](repeating: 0xaa, count: 131))
            .code(for: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(code.prefix(4) == [0x60, 0xe4, 0x31, 0x59])
    }

    @Test func `a key may be empty`() {
        #expect(AuthenticationKey([]).code(for: []).prefix(4) == [0xb6, 0x13, 0x67, 0x9a])
    }

    @Test func `keys that are made at the same time on several threads have their own codes`() async {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { Self.key.isValid(Self.code, for: Self.message) } }
            for byte: UInt8 in 0..<200 {
                group.addTask {
                    let code = AuthenticationKey([byte, 1]).code(for: Self.message)
                    return code == AuthenticationKey([byte, 1]).code(for: Self.message) && code != Self.code
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `a code with a changed bit, of another length or of another key is refused`() {
        for index in Self.code.indices {
            var changed = Self.code
            changed[index] ^= 1
            #expect(!Self.key.isValid(changed, for: Self.message))
        }
        #expect(!Self.key.isValid(Array(Self.code.dropLast()), for: Self.message))
        #expect(!Self.key.isValid(Self.code + [0], for: Self.message))
        #expect(!Self.key.isValid([], for: Self.message))
        #expect(!AuthenticationKey.random().isValid(Self.code, for: Self.message))
    }

    @Test func `random keys have 32 bytes and differ`() {
        let (first, second) = (AuthenticationKey.random(), AuthenticationKey.random())
        #expect(first.count == 32)
        #expect(first.code(for: []) != second.code(for: []))
    }
}
