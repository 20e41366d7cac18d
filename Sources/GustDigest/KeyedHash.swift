#if !canImport(CryptoKit)
import CLibcrypto

/// HMAC-SHA256 with one key, by libcrypto.
///
/// The key is hashed once, in `init`; each code is computed in a copy of that state, which takes half the time.
///
/// `@unchecked Sendable`: the context is never changed after `init`. Each code duplicates it, which only reads.
final class KeyedHash: @unchecked Sendable {
    private let context: OpaquePointer

    /// Has libcrypto look HMAC and SHA-256 up once for the process, because a lookup for each key takes longer; nil if it doesn't offer
    /// them.
    private static let template = KeyedHash()

    /// The name of the parameter, which libcrypto keeps a pointer to: a string that is passed as an argument would be gone by then.
    private static let digestParameter: StaticString = "digest"

    private init?() {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        var digest = Array("SHA256".utf8CString)
        let isKeyed = digest.withUnsafeMutableBufferPointer { digest in
            Self.digestParameter.utf8Start.withMemoryRebound(
                to: CChar.self,
                capacity: Self.digestParameter.utf8CodeUnitCount
            ) { name in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(name, digest.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                // A context without a key can't be duplicated.
                return EVP_MAC_init(context, [0], 1, parameters) == 1
            }
        }
        guard isKeyed else {
            EVP_MAC_CTX_free(context)
            return nil
        }
        self.context = context
    }

    /// Hashes the key; nil if libcrypto doesn't offer HMAC-SHA256 or has no memory left.
    init?(key: [UInt8]) {
        guard let template = Self.template, let context = EVP_MAC_CTX_dup(template.context) else { return nil }
        guard EVP_MAC_init(context, key, key.count, nil) == 1 else {
            EVP_MAC_CTX_free(context)
            return nil
        }
        self.context = context
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// The code of a message, 32 bytes; nil if libcrypto has no memory left.
    func code(for message: [UInt8]) -> [UInt8]? {
        guard let copy = EVP_MAC_CTX_dup(context) else { return nil }
        defer { EVP_MAC_CTX_free(copy) }
        var isDone = false
        let code = [UInt8](unsafeUninitializedCapacity: Digest.sha256Length) { code, count in
            isDone =
                EVP_MAC_update(copy, message, message.count) == 1
                && EVP_MAC_final(copy, code.baseAddress, &count, Digest.sha256Length) == 1
        }
        return isDone && code.count == Digest.sha256Length ? code : nil
    }
}
#endif
