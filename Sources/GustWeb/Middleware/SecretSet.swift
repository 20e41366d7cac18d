import GustDigest

/// A set of secrets, of which only digests are stored.
struct SecretSet: Sendable {
    private let digests: [[UInt8]]

    init(_ secrets: some Sequence<String>) {
        digests = secrets.map(Digest.sha256)
    }

    /// Whether `secret` is in the set; the time that this takes doesn't depend on the stored secrets.
    func contains(_ secret: String) -> Bool {
        let digest = Digest.sha256(secret)
        var isFound = false
        // All digests are compared, so that the time doesn't depend on which digest is equal.
        for known in digests {
            let isEqual = ConstantTime.areEqual(known, digest)
            isFound = isFound || isEqual
        }
        return isFound
    }
}
