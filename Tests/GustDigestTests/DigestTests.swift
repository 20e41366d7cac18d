import GustDigest
import Testing

/// The digests against the samples of their RFCs.
@Suite struct DigestTests {
    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private static func md5(_ text: String) throws -> String {
        try hexadecimal(#require(Array(text.utf8).withUnsafeBytes { Digest.md5($0) }))
    }

    // RFC 1321 §A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ])
    func `MD5 gives the samples of its RFC`(text: String, digest: String) throws {
        #expect(try Self.md5(text) == digest)
    }

    // RFC 3174 §7.3, and the empty text.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ])
    func `SHA-1 gives the samples of its RFC`(text: String, digest: String) {
        #expect(Self.hexadecimal(Digest.sha1(text)) == digest)
    }

    // RFC 6234 §8.5, and the empty text.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 gives the samples of its RFC`(text: String, digest: String) {
        #expect(Self.hexadecimal(Digest.sha256(text)) == digest)
    }
}
