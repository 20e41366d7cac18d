import GustDigest
import GustHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Encrypts text for one purpose, so that a client can store it, but can neither read nor change it.
///
/// A sealed value is `2.<version>.<bytes>`, with the nonce, the encrypted bytes and the tag in URL-safe base64. The version and
/// the purpose are authenticated too.
struct ValueSealer: Sendable {
    private static let format = "2"
    /// The maximum length in bytes of a text to open.
    private static let maximumLength = 8_192

    private let keys: SigningKeys
    private let purpose: String
    /// The keys are derived once.
    private let current: SealingKey?

    init(_ keys: SigningKeys, purpose: String) {
        self.keys = keys
        self.purpose = purpose
        current = keys.sealingKey(keys.current, purpose: purpose)
    }

    /// The sealed value; nil if the system's library fails.
    func seal(_ text: String) -> String? {
        guard let sealed = current?.seal(Array(text.utf8), context: context(keys.current)) else { return nil }
        return "\(Self.format).\(keys.current).\(URLBase64.encode(Data(sealed)))"
    }

    /// The text; nil if the value wasn't sealed for this purpose with one of the keys, or was changed.
    func open(_ value: String) -> String? {
        guard value.utf8.count <= Self.maximumLength else { return nil }
        let fields = value.pieces(on: UInt8(ascii: "."), maxSplits: 3).map(String.init)
        guard fields.count == 3, fields[0].hasSameBytes(as: Self.format), let version = Int(fields[1]),
            let key = version == keys.current ? current : keys.sealingKey(version, purpose: purpose),
            let sealed = URLBase64.decode(fields[2]),
            let bytes = key.open(Array(sealed), context: context(version))
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private func context(_ version: Int) -> [UInt8] { Array("\(Self.format).\(version).\(purpose)".utf8) }
}
