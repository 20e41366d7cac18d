#if canImport(CryptoKit)
import CryptoKit
#else
import CLibcrypto
#endif

/// The digests that Gust needs, computed by the system's library: CryptoKit on Apple's systems, OpenSSL's libcrypto elsewhere.
package enum Digest {
    /// The number of bytes of a SHA-256 digest.
    package static let sha256Length = 32

    #if canImport(CryptoKit)
    /// The MD5 digest, 16 bytes; nil if the system's library doesn't offer MD5.
    package static func md5(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        Array(Insecure.MD5.hash(data: bytes))
    }

    /// The SHA-1 digest, 20 bytes.
    package static func sha1(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        Array(Insecure.SHA1.hash(data: bytes))
    }

    /// The SHA-256 digest, 32 bytes.
    package static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }
    #else
    /// The MD5 digest, 16 bytes; nil if the system's library doesn't offer MD5, as in FIPS mode.
    package static func md5(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        FetchedDigest.md5?.hash(bytes)
    }

    /// The SHA-1 digest, 20 bytes.
    package static func sha1(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        // `digest` is nil only if libcrypto offers no SHA-1 or has no memory left; a peer's bytes can't cause either.
        guard let digest = FetchedDigest.sha1?.hash(bytes) else { preconditionFailure("libcrypto has no SHA-1") }
        return digest
    }

    /// The SHA-256 digest, 32 bytes.
    package static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        // `digest` is nil only if libcrypto offers no SHA-256 or has no memory left; a peer's bytes can't cause either.
        guard let digest = FetchedDigest.sha256?.hash(bytes) else { preconditionFailure("libcrypto has no SHA-256") }
        return digest
    }
    #endif

    /// The SHA-1 digest of a text's UTF-8.
    package static func sha1(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { sha1(UnsafeRawBufferPointer($0)) }
    }

    /// The SHA-256 digest of a text's UTF-8.
    package static func sha256(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { sha256(UnsafeRawBufferPointer($0)) }
    }
}
