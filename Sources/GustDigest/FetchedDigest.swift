#if !canImport(CryptoKit)
import CLibcrypto

/// A digest algorithm of libcrypto, looked up once.
///
/// `EVP_sha256()` and the like make libcrypto look the algorithm up again for each digest (OpenSSL 3, crypto(7),
/// "Performance").
///
/// `@unchecked Sendable`: the `EVP_MD` is never changed nor freed after it has been fetched, and libcrypto allows several threads
/// to use the same fetched algorithm (openssl-threads(7)).
struct FetchedDigest: @unchecked Sendable {
    static let md5 = FetchedDigest("MD5")
    static let sha1 = FetchedDigest("SHA1")
    static let sha256 = FetchedDigest("SHA256")

    let algorithm: OpaquePointer

    /// Looks an algorithm up; nil if libcrypto doesn't offer the algorithm.
    private init?(_ name: StaticString) {
        guard let algorithm = EVP_MD_fetch(nil, name.utf8Start, nil) else {
            // Otherwise the error stays in the error queue of this thread, where other users of libcrypto find it.
            ERR_clear_error()
            return nil
        }
        self.algorithm = algorithm
    }

    /// The digest; nil if libcrypto has no memory left.
    func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var isDone = false
        let digest = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { digest, count in
            var length: UInt32 = 0
            isDone = EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, &length, algorithm, nil) == 1
            count = Int(length)
        }
        return isDone ? digest : nil
    }
}
#endif
