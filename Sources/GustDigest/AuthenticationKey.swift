#if canImport(CryptoKit)
import CryptoKit
#endif

/// A secret key for HMAC-SHA256 (RFC 2104), computed by the system's library.
package struct AuthenticationKey: Sendable {
    #if canImport(CryptoKit)
    private let key: SymmetricKey
    #else
    private let hash: KeyedHash
    #endif
    /// The number of bytes of the key.
    package let count: Int

    /// Makes a key of its bytes.
    package init(_ bytes: [UInt8]) {
        count = bytes.count
        #if canImport(CryptoKit)
        key = SymmetricKey(data: bytes)
        #else
        // nil if memory is exhausted, or if the system lacks HMAC, with which no server starts (`Digest.prepare`).
        guard let hash = KeyedHash(key: bytes) else { preconditionFailure("libcrypto has no HMAC-SHA256") }
        self.hash = hash
        #endif
    }

    /// A new key of 32 bytes from the system's secure random source.
    package static func random() -> AuthenticationKey {
        var generator = SystemRandomNumberGenerator()
        return AuthenticationKey((0..<Digest.sha256Length).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// The authentication code of a message, 32 bytes.
    package func code(for message: [UInt8]) -> [UInt8] {
        #if canImport(CryptoKit)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        #else
        // nil if memory is exhausted, or if the system lacks HMAC, with which no server starts (`Digest.prepare`).
        guard let code = hash.code(for: message) else { preconditionFailure("libcrypto can't compute HMAC-SHA256") }
        return code
        #endif
    }

    /// Whether `code` is the authentication code of `message`.
    ///
    /// The time that the comparison takes depends on the length of `code` only.
    package func isValid(_ code: [UInt8], for message: [UInt8]) -> Bool {
        ConstantTime.areEqual(self.code(for: message), code)
    }
}
