import GustDigest

/// Secrets that somebody may show, known by their digests only.
struct SecretSet: Sendable {
    private let digests: [[UInt8]]

    init(_ secrets: some Sequence<String>) {
        digests = secrets.map(Digest.sha256)
    }

    /// Whether `secret` is one of them; how long that takes says nothing about any.
    func contains(_ secret: String) -> Bool {
        let digest = Digest.sha256(secret)
        var isFound = false
        // All digests are compared, so that the time doesn't depend on which one is equal.
        for known in digests {
            let isEqual = ConstantTime.areEqual(known, digest)
            isFound = isFound || isEqual
        }
        return isFound
    }
}
