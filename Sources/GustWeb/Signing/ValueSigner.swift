import GustDigest
package import GustHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs text for one purpose, so that a client can carry it and not change it; readable for the client.
///
/// ```swift
/// let signer = ValueSigner(keys, purpose: "unsubscribe")
/// let link = "/unsubscribe?who=\(signer.sign("ada@example.com"))"
/// ```
///
/// The result is made of letters, digits, `-`, `_` and `.`: `1.<version>.<seconds since 1970>.<value>.<signature>`, value and
/// signature in URL-safe base64. The signature is HMAC-SHA256 over the purpose and all fields, each behind its length, so
/// that nothing can be moved from one field to the next (Tornado, BMSA-2010-01 and 3.2.1), and compared in constant time.
public struct ValueSigner: Sendable {
    private static let format = "1"
    /// How far ahead another machine's clock may be.
    private static let toleratedSkew = 300
    /// The longest text that is looked at, in bytes.
    private static let maximumLength = 8_192

    private let keys: SigningKeys
    private let purpose: String

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - keys: the secrets.
    ///   - purpose: what the values are for: what is signed for one purpose is no good for another.
    public init(_ keys: SigningKeys, purpose: String) {
        self.keys = keys
        self.purpose = purpose
    }

    /// A value that was signed, and when.
    package struct Opened: Sendable {
        package let value: String
        package let seconds: Int
    }

    /// Signs a value, with the time.
    public func sign(_ value: String) -> String { sign(value, now: HTTPDate.now) }

    /// The value that was signed; nil if the text isn't one of this purpose, was changed, or was signed longer ago than
    /// `maximumAge`, if there is one.
    public func open(_ text: String, maximumAge: Duration? = nil) -> String? {
        open(text, maximumAge: maximumAge, now: .now)?.value
    }

    package func sign(_ value: String, now: HTTPDate) -> String {
        // The newest key is always there.
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
        // From here on everything is what this side wrote.
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

    /// What is authenticated: each field behind its length, the purpose first.
    private func message(_ fields: ArraySlice<String>) -> [UInt8] {
        var message: [UInt8] = []
        for field in [purpose] + fields {
            withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: field.utf8)
        }
        return message
    }
}
