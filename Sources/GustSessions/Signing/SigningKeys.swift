import GustDigest

/// The secrets for signatures and encryption, by version: the highest version signs and encrypts, all versions verify and decrypt.
///
/// To rotate keys, add a secret with the next version, and remove the old one when values signed with it are no longer
/// needed.
///
/// ```swift
/// let keys = try SigningKeys([1: oldSecret, 2: secret])
/// ```
public struct SigningKeys: Sendable {
    /// The minimum length of a secret in bytes, which is the length of the digest (RFC 2104 §3).
    package static let minimumLength = 32

    let current: Int
    private let keys: [Int: AuthenticationKey]

    /// Makes keys from secrets as text, whose UTF-8 is the key; use 32 random bytes, written in base64 or hexadecimal.
    ///
    /// - Throws: An error if there is no secret, if a secret is shorter than `minimumLength`, or if a version
    ///   is negative.
    public init(_ secrets: [Int: String]) throws {
        try self.init(secrets.mapValues { Array($0.utf8) })
    }

    /// Makes keys from one secret, as version 1.
    ///
    /// - Throws: An error if the secret is shorter than `minimumLength`.
    public init(_ secret: String) throws {
        try self.init([1: secret])
    }

    /// Makes keys from bytes, for secrets that aren't text.
    ///
    /// - Throws: An error if there is no secret, if a secret is shorter than `minimumLength`, or if a version
    ///   is negative.
    public init(_ keys: [Int: [UInt8]]) throws {
        guard let current = keys.keys.max() else { throw SigningError("there is no secret to sign with") }
        for (version, key) in keys.sorted(by: { $0.key < $1.key }) {
            guard version >= 0 else { throw SigningError("the version of a secret is negative: \(version)") }
            guard key.count >= Self.minimumLength else {
                throw SigningError("secret \(version) has \(key.count) bytes, \(Self.minimumLength) are needed")
            }
        }
        self.current = current
        self.keys = keys.mapValues(AuthenticationKey.init)
    }

    private init(random key: AuthenticationKey) {
        current = 1
        keys = [1: key]
    }

    /// Makes a random secret for this process, which can't verify signatures of an earlier process.
    public static func random() -> SigningKeys {
        SigningKeys(random: .random())
    }

    subscript(version: Int) -> AuthenticationKey? { keys[version] }

    /// A key to encrypt values for one purpose, derived from the secret with the given version; nil if there is none.
    func sealingKey(_ version: Int, purpose: String) -> SealingKey? {
        keys[version].map { SealingKey($0.code(for: Array("gust encryption 1 \(purpose)".utf8))) }
    }
}

/// The reason why secrets can't be used for signatures.
package struct SigningError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// A message, which never contains the secret.
    package let description: String

    init(_ description: String) { self.description = description }
}
