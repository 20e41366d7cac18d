package import HTTPTypes
import Synchronization

/// The cookies that one site has set, for a client that talks to this site only; paths and domains are therefore ignored.
///
/// It keeps at most 50 cookies of at most 4,096 bytes each, as many as RFC 6265 §6.1 asks of browsers, and ignores others.
package final class CookieJar: Sendable {
    private static let maximumCount = 50

    private let kept = Mutex<[ByteText: String]>([:])

    /// Makes a jar without cookies.
    package init() {}

    /// The values of the cookies by their names.
    package var cookies: [ByteText: String] { kept.withLock { $0 } }

    /// The value of the `Cookie` field; nil if there are no cookies.
    package var field: String? {
        let cookies = cookies
        guard !cookies.isEmpty else { return nil }
        return cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }

    /// Stores the cookies that a response sets, and removes those that it ends.
    package func take(_ headers: HTTPFields) {
        for field in headers where field.name == .setCookie { take(setCookie: field.value, now: .now) }
    }

    /// Stores the cookie of a `Set-Cookie` field, or removes one that has ended; a cookie without a name is ignored.
    package func take(setCookie value: String, now: HTTPDate = .now) {
        let pieces = value.pieces(on: UInt8(ascii: ";")).map { $0.trimmingSpaces() }
        guard let pair = pieces.first?.parted(at: UInt8(ascii: "=")), !pair.before.utf8.isEmpty,
            pair.before.utf8.count + pair.behind.utf8.count <= CookieSyntax.maximumLength
        else { return }
        let name = ByteText(String(pair.before.trimmingSpaces()))
        let isEnded = Self.isEnded(pieces.dropFirst(), now)
        kept.withLock { kept in
            guard !isEnded else { return kept[name] = nil }
            guard kept[name] != nil || kept.count < Self.maximumCount else { return }
            kept[name] = String(pair.behind.trimmingSpaces())
        }
    }

    /// Whether the attributes end the cookie; `Max-Age` counts more than `Expires` (RFC 6265 §5.3).
    private static func isEnded(_ attributes: ArraySlice<Substring>, _ now: HTTPDate) -> Bool {
        var isExpired = false
        for attribute in attributes {
            guard let (name, value) = attribute.parted(at: UInt8(ascii: "=")) else { continue }
            let text = value.trimmingSpaces()
            if name.trimmingSpaces().equalsIgnoringASCIICase("Max-Age") {
                let isNegative = text.utf8.first == UInt8(ascii: "-")
                return isNegative || !text.utf8.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
            }
            if name.trimmingSpaces().equalsIgnoringASCIICase("Expires"), let end = HTTPDate(String(text)) {
                isExpired = end < now
            }
        }
        return isExpired
    }
}
