#if !canImport(CryptoKit)
import CLibcrypto

/// The password-based key derivation function scrypt (RFC 7914), computed by libcrypto.
package enum Scrypt {
    /// A key from a password; takes a long time and much memory, as it is meant to.
    ///
    /// - Parameters:
    ///   - password: The bytes of the password.
    ///   - salt: Random bytes.
    ///   - cost: N, a power of two: the memory is `128 * blockSize * cost` bytes.
    ///   - blockSize: r.
    ///   - parallelism: p.
    ///   - length: The number of bytes of the key.
    /// - Returns: nil if the parameters are invalid, or if libcrypto doesn't offer scrypt or has no memory left.
    package static func key(
        from password: [UInt8],
        salt: [UInt8],
        cost: UInt64,
        blockSize: UInt64,
        parallelism: UInt64,
        length: Int
    ) -> [UInt8]? {
        let memory = 128 * blockSize * (cost + parallelism + 2)
        let key = [UInt8](unsafeUninitializedCapacity: length) { key, count in
            let isDone =
                EVP_PBE_scrypt(
                    password.map { CChar(bitPattern: $0) },
                    password.count,
                    salt,
                    salt.count,
                    cost,
                    blockSize,
                    parallelism,
                    memory,
                    key.baseAddress,
                    length
                ) == 1
            count = isDone ? length : 0
        }
        guard key.count == length else {
            ERR_clear_error()
            return nil
        }
        return key
    }
}
#endif
