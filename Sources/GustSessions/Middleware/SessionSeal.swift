import GustHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes sessions as texts for a cookie, signed or encrypted, and reads them.
struct SessionSeal: Sendable {
    /// A session in a cookie.
    struct Content: Codable {
        let id: String
        let record: SessionRecord
    }

    /// The maximum length of all keys and values of a session together, as ``length(_:)`` measures them.
    ///
    /// With a user of ``maximumUserLength``, the other fields of the record, the encryption and base64, the cookie then has at most
    /// 4,096 bytes, which is what browsers accept.
    static let maximumLength = 2_000
    /// The maximum length of the user's name and roles together.
    static let maximumUserLength = 500

    /// The number of bytes that a text takes in the JSON of a cookie, with its quotes and separator.
    static func length(_ text: String) -> Int {
        var length = text.utf8.count + 3
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): length += 1
            case 0..<0x20: length += 5
            default: break
            }
        }
        return length
    }

    private enum Method {
        case sign(ValueSigner)
        case seal(ValueSealer)
    }

    private let method: Method

    init(_ keys: SigningKeys, isEncrypted: Bool, name: String) {
        let purpose = "gust session in cookie \(name)"
        method = isEncrypted ? .seal(ValueSealer(keys, purpose: purpose)) : .sign(ValueSigner(keys, purpose: purpose))
    }

    /// The text for a cookie; nil if the system's library fails to encrypt.
    func text(of content: Content, now: HTTPDate) throws -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(content), as: UTF8.self)
        return switch method {
        case .sign(let signer): signer.sign(json, now: now)
        case .seal(let sealer): sealer.seal(json)
        }
    }

    /// The session that a cookie contains; nil if the text wasn't made by ``text(of:now:)`` with these keys, or was changed.
    func content(of text: String, now: HTTPDate) -> Content? {
        let json =
            switch method {
            case .sign(let signer): signer.open(text, maximumAge: nil, now: now)?.value
            case .seal(let sealer): sealer.open(text)
            }
        guard let json else { return nil }
        do {
            return try JSONDecoder().decode(Content.self, from: Data(json.utf8))
        } catch {
            // Another version of the program wrote the cookie: the visitor gets a new session.
            return nil
        }
    }
}
