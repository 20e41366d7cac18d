import GustDigest
package import GustHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs text for one purpose, so that a client can store it but not change it; the client can read it.
///
/// ```swift
/// let signer = ValueSigner(keys, purpose: "unsubscribe")
/// let link = "/unsubscribe?who=\(signer.sign("ada@example.com"))"
/// ```
///
/// A signed value consists of letters, digits, `-`, `_` and `.`: `1.<version>.<seconds since
/// 1970>.<value>.<signature>`, with value and signature in URL-safe base64. The signature is HMAC-SHA256 over the
/// purpose and all fields, each preceded by its length, so that bytes can't be moved from one field to the next
/// (Tornado, BMSA-2010-01 and 3.2.1). Signatures are compared in constant time.
public struct ValueSigner: Sendable {
    private static let format = "1"
    /// The most seconds that the clock of another machine may be ahead.
    private static let toleratedSkew = 300
    /// The maximum length in bytes of a text to verify.
    private static let maximumLength = 8_192

    private let keys: SigningKeys
    private let purpose: String

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - keys: the secrets.
    ///   - purpose: the purpose of the values: a value that was signed for one purpose is invalid for another.
    public init(_ keys: SigningKeys, purpose: String) {
        self.keys = keys
        self.purpose = purpose
    }

    /// A verified value and the time of its signature, in seconds since 1970.
    package struct Opened: Sendable {
        package let value: String
        package let seconds: Int
    }

    /// Signs a value together with the current time.
    public func sign(_ value: String) -> String { sign(value, now: HTTPDate.now) }

    /// The signed value, if the signature is valid.
    ///
    /// nil if the text isn't a signed value of this purpose, if it was changed, or if it was signed longer than
    /// `maximumAge` ago.
    public func open(_ text: String, maximumAge: Duration? = nil) -> String? {
        open(text, maximumAge: maximumAge, now: .now)?.value
    }

    package func sign(_ value: String, now: HTTPDate) -> String {
        // `keys` always has a key for its current version.
        guard let key = keys[keys.current] else { return "" }
        let fields = [Self.format, String(keys.current), String(now.seconds), URLBase64.encode(Data(value.utf8))]
        let code = key.code(for: message(fields[...]))
        return fields.joined(separator: ".") + "." + URLBase64.encode(Data(code))
    }

    package func open(_ text: String, maximumAge: Duration?, now: HTTPDate) -> Opened? {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let fields = text.pieces(on: UInt8(ascii: "."), maxSplits: 5).map(String.init)
        guard fields.count == 5, fields[0].hasSameBytes(as: Self.format),
            let version = number(fields[1]), let key = keys[version],
            let code = URLBase64.decode(fields[4]),
            key.isValid(Array(code), for: message(fields[..<4]))
        else { return nil }
        // The signature is valid, so the remaining fields were written by ``sign(_:now:)``.
        guard let seconds = number(fields[2]), let bytes = URLBase64.decode(fields[3]),
            let value = String(validating: bytes, as: UTF8.self),
            seconds <= now.seconds + Self.toleratedSkew
        else { return nil }
        if let maximumAge, now.seconds - seconds > maximumAge.components.seconds { return nil }
        return Opened(value: value, seconds: seconds)
    }

    private func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int(text) : nil
    }

    /// The authenticated bytes: the purpose and the fields, each preceded by its length.
    private func message(_ fields: ArraySlice<String>) -> [UInt8] {
        var message: [UInt8] = []
        for field in [purpose] + fields {
            withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: field.utf8)
        }
        return message
    }
}
