#if canImport(CryptoKit)
import CryptoKit
#else
import CLibcrypto
#endif

/// A secret key for HMAC-SHA256 (RFC 2104), computed by the system's library.
package struct AuthenticationKey: Sendable {
    private let bytes: [UInt8]

    /// Takes the bytes of a key.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A new key of 32 bytes from the system's secure random source.
    package static func random() -> AuthenticationKey {
        var generator = SystemRandomNumberGenerator()
        return AuthenticationKey((0..<Digest.sha256Length).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// The number of bytes.
    package var count: Int { bytes.count }

    /// The authentication code of a message, 32 bytes.
    package func code(for message: [UInt8]) -> [UInt8] {
        #if canImport(CryptoKit)
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: bytes)))
        #else
        let code = [UInt8](unsafeUninitializedCapacity: Digest.sha256Length) { code, count in
            let algorithm = FetchedDigest.sha256?.algorithm
            var length: UInt32 = 0
            let result = HMAC(algorithm, bytes, Int32(bytes.count), message, message.count, code.baseAddress, &length)
            count = result == nil ? 0 : Int(length)
        }
        precondition(code.count == Digest.sha256Length, "libcrypto can't compute HMAC-SHA256")
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
