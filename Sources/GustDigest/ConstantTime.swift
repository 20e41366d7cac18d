#if canImport(CryptoKit)
import Darwin
#else
import CLibcrypto
#endif

/// Comparison of secrets in a time that doesn't depend on their bytes.
package enum ConstantTime {
    /// Whether both arrays are equal; the time that the comparison takes depends on the lengths only, not on the bytes.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        #if canImport(CryptoKit)
        return timingsafe_bcmp(left, right, left.count) == 0
        #else
        return CRYPTO_memcmp(left, right, left.count) == 0
        #endif
    }
}
