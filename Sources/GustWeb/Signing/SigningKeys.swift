import GustDigest

/// The secrets that values are signed with, by version: the highest one signs, all of them are believed.
///
/// To rotate, add a secret under the next number, and take the old one out when nothing signed with it matters any more.
///
/// ```swift
/// let keys = try SigningKeys([1: oldSecret, 2: secret])
/// ```
public struct SigningKeys: Sendable {
    /// The fewest bytes of a secret: as long as the digest (RFC 2104 §3).
    public static let minimumLength = 32

    let current: Int
    private let keys: [Int: AuthenticationKey]

    /// Takes secrets as text, whose UTF-8 is the key: 32 random bytes written in base64 or hexadecimal are good.
    ///
    /// - Throws: ``SigningError`` if there is none, if one is shorter than ``minimumLength``, or a version is negative.
    public init(_ secrets: [Int: String]) throws(SigningError) {
        try self.init(secrets.mapValues { Array($0.utf8) })
    }

    /// Takes one secret, as version 1.
    ///
    /// - Throws: ``SigningError`` if it is shorter than ``minimumLength``.
    public init(_ secret: String) throws(SigningError) {
        try self.init([1: secret])
    }

    /// Takes the bytes of keys, for keys that aren't text.
    ///
    /// - Throws: ``SigningError`` if there is none, if one is shorter than ``minimumLength``, or a version is negative.
    public init(_ keys: [Int: [UInt8]]) throws(SigningError) {
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

    /// A secret that only this process has: what it signed is worthless to the next one.
    public static func random() -> SigningKeys {
        SigningKeys(random: .random())
    }

    subscript(version: Int) -> AuthenticationKey? { keys[version] }
}

/// Why nothing can be signed.
public struct SigningError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is wrong; never the secret itself.
    public let description: String

    init(_ description: String) { self.description = description }
}
