#if canImport(CryptoKit)
import CryptoKit
import Foundation
#else
import CLibcrypto
#endif

/// A secret key for AES-256 in Galois/Counter Mode (NIST SP 800-38D), computed by the system's library.
///
/// Sealed bytes are secret, and opening them fails if they were changed. Each sealing uses a random nonce of 96 bits, so one key
/// may seal 2³² times.
package struct SealingKey: Sendable {
    private static let nonceLength = 12
    private static let tagLength = 16

    private let key: [UInt8]

    /// Makes a key of 32 bytes.
    package init(_ key: [UInt8]) {
        precondition(key.count == 32, "AES-256 needs a key of 32 bytes")
        self.key = key
    }

    #if canImport(CryptoKit)
    /// The nonce, the encrypted bytes and the tag.
    ///
    /// - Parameters:
    ///   - bytes: The bytes to hide.
    ///   - context: Bytes that aren't hidden, but must be the same when the result is opened.
    /// - Returns: nil if the system's library fails.
    package func seal(_ bytes: [UInt8], context: [UInt8]) -> [UInt8]? {
        let box = try? AES.GCM.seal(bytes, using: SymmetricKey(data: key), authenticating: context)
        return box?.combined.map(Array.init)
    }

    /// The bytes that were sealed with this key and `context`; nil for all others.
    package func open(_ sealed: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: context)).map(Array.init)
    }
    #else
    /// The nonce, the encrypted bytes and the tag.
    ///
    /// - Parameters:
    ///   - bytes: The bytes to hide.
    ///   - context: Bytes that aren't hidden, but must be the same when the result is opened.
    /// - Returns: nil if the system's library fails.
    package func seal(_ bytes: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard let cipher = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(cipher) }
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<Self.nonceLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var sealed = [UInt8](repeating: 0, count: bytes.count)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        var count: Int32 = 0
        guard EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(cipher, nil, &count, context, Int32(context.count)) == 1,
            EVP_EncryptUpdate(cipher, &sealed, &count, bytes, Int32(bytes.count)) == 1,
            EVP_EncryptFinal_ex(cipher, nil, &count) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, Int32(Self.tagLength), &tag) == 1
        else {
            ERR_clear_error()
            return nil
        }
        return nonce + sealed + tag
    }

    /// The bytes that were sealed with this key and `context`; nil for all others.
    package func open(_ sealed: [UInt8], context: [UInt8]) -> [UInt8]? {
        let length = sealed.count - Self.nonceLength - Self.tagLength
        guard length >= 0, let cipher = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(cipher) }
        let nonce = Array(sealed.prefix(Self.nonceLength))
        let hidden = Array(sealed[Self.nonceLength..<Self.nonceLength + length])
        var tag = Array(sealed.suffix(Self.tagLength))
        var bytes = [UInt8](repeating: 0, count: length)
        var count: Int32 = 0
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(cipher, nil, &count, context, Int32(context.count)) == 1,
            EVP_DecryptUpdate(cipher, &bytes, &count, hidden, Int32(length)) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, Int32(Self.tagLength), &tag) == 1,
            EVP_DecryptFinal_ex(cipher, nil, &count) == 1
        else {
            ERR_clear_error()
            return nil
        }
        return bytes
    }
    #endif
}
