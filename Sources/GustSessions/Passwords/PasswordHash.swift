#if !canImport(CryptoKit)
import GustDigest
import GustHTTP
import HTTPTypes
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Hashes passwords for a database, and checks passwords against such hashes.
///
/// ```swift
/// let hash = try await PasswordHash.make("correct horse battery staple")
/// guard try await PasswordHash.isValid("…", for: hash) else { throw HTTPError(.unauthorized) }
/// ```
///
/// A hash is the text `$scrypt$ln=15,r=8,p=3$salt$hash` (the string format of the Password Hashing Competition, with salt and hash
/// in base64 without padding). It is made by scrypt (RFC 7914) with N = 2¹⁵, r = 8 and p = 3, one of the settings that OWASP
/// recommends: 32 MiB and about 0.2 s for each hash. scrypt is computed by the system's libcrypto, which Gust links anyway; Debian 12's
/// has no Argon2. At most two hashes are computed at once, away from the loops; at most 64 further ones wait.
///
/// This type exists on Linux only: CryptoKit offers no scrypt.
public enum PasswordHash {
    private struct Setting: Equatable {
        var logarithm: Int
        var blockSize: Int
        var parallelism: Int
    }

    private static let current = Setting(logarithm: 15, blockSize: 8, parallelism: 3)
    private static let saltLength = 16
    private static let hashLength = 32
    /// The maximum length of a password, in bytes.
    private static let maximumLength = 1_024
    private static let queue = PasswordQueue()

    /// A hash of a password, with a new salt.
    ///
    /// - Throws: `HTTPError` with status 400 if the password is empty or longer than 1,024 bytes of UTF-8, 503 if too many passwords
    ///   wait for their hash; `CancellationError` if the task is cancelled while it waits.
    public static func make(_ password: String) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<saltLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let hash = try await hash(password, salt, current, hashLength)
        let setting = "ln=\(current.logarithm),r=\(current.blockSize),p=\(current.parallelism)"
        return "$scrypt$\(setting)$\(base64(salt))$\(base64(hash))"
    }

    /// Whether `hash` was made of the password.
    ///
    /// If there is no such user, pass nil: the answer is `false` then, and takes as long as for a user, so that an attacker doesn't
    /// learn which users exist. `false` for a text that isn't a hash of this form.
    /// - Throws: `HTTPError` with status 503 if too many passwords wait for their hash; `CancellationError` if the task is cancelled
    ///   while it waits.
    public static func isValid(_ password: String, for hash: String?) async throws -> Bool {
        guard (1...maximumLength).contains(password.utf8.count) else { return false }
        guard let hash, let (setting, salt, expected) = parse(hash) else {
            _ = try await Self.hash(password, [UInt8](repeating: 0, count: saltLength), current, hashLength)
            return false
        }
        return ConstantTime.areEqual(try await Self.hash(password, salt, setting, expected.count), expected)
    }

    /// Whether a hash was made with other settings than new hashes, so that it should be replaced when the user signs in.
    public static func isOutdated(_ hash: String) -> Bool {
        guard let (setting, salt, bytes) = parse(hash) else { return true }
        return setting != current || salt.count != saltLength || bytes.count != hashLength
    }

    private static func hash(
        _ password: String,
        _ salt: [UInt8],
        _ setting: Setting,
        _ length: Int
    ) async throws -> [UInt8] {
        guard (1...maximumLength).contains(password.utf8.count) else {
            throw HTTPError(.badRequest, "a password has 1 to \(maximumLength) bytes")
        }
        let password = Array(password.utf8)
        let key = try await queue.run {
            Scrypt.key(
                from: password,
                salt: salt,
                cost: 1 << UInt64(setting.logarithm),
                blockSize: UInt64(setting.blockSize),
                parallelism: UInt64(setting.parallelism),
                length: length
            )
        }
        guard let key else { throw HTTPError(.serviceUnavailable, "the password can't be hashed: no memory is left") }
        return key
    }

    /// The parts of a hash; nil for text of another form, or if a hash with these settings would take more than 256 MiB or too long.
    private static func parse(_ text: String) -> (Setting, salt: [UInt8], hash: [UInt8])? {
        guard text.utf8.count <= 512 else { return nil }
        let fields = text.pieces(on: UInt8(ascii: "$"), maxSplits: 6).map(String.init)
        guard fields.count == 5, fields[0].isEmpty, fields[1].hasSameBytes(as: "scrypt"),
            let setting = setting(fields[2]),
            let salt = bytes(fields[3]), (8...64).contains(salt.count),
            let hash = bytes(fields[4]), (16...64).contains(hash.count)
        else { return nil }
        return (setting, salt, hash)
    }

    private static func setting(_ text: String) -> Setting? {
        let parts = text.pieces(on: UInt8(ascii: ","), maxSplits: 3).map(String.init)
        guard parts.count == 3, let logarithm = number("ln=", parts[0], in: 10...18),
            let blockSize = number("r=", parts[1], in: 1...16), let parallelism = number("p=", parts[2], in: 1...8),
            128 * blockSize << logarithm <= 256 << 20
        else { return nil }
        return Setting(logarithm: logarithm, blockSize: blockSize, parallelism: parallelism)
    }

    private static func number(_ name: String, _ text: String, in range: ClosedRange<Int>) -> Int? {
        let digits = text.utf8.dropFirst(name.utf8.count)
        guard text.hasBytePrefix(name), let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        return range.contains(number) ? number : nil
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString().utf8.filter { $0 != UInt8(ascii: "=") }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map(Array.init)
    }
}
#endif
