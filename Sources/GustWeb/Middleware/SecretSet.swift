import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Secrets that somebody may show, known by their digests only.
struct SecretSet: Sendable {
    private let digests: [SHA256.Digest]

    init(_ secrets: some Sequence<String>) {
        digests = secrets.map { SHA256.hash(data: Data($0.utf8)) }
    }

    /// Whether `secret` is one of them; how long that takes says nothing about any.
    func contains(_ secret: String) -> Bool {
        let digest = SHA256.hash(data: Data(secret.utf8))
        var isFound = false
        // All are compared, and digests compare in constant time.
        for known in digests {
            let isEqual = known == digest
            isFound = isFound || isEqual
        }
        return isFound
    }
}
