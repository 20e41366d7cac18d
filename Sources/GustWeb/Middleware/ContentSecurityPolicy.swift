import GustHTTP
import HTTPTypes

/// A policy with places for a nonce.
struct ContentSecurityPolicy: Sendable {
    private static let place = "{nonce}"

    let name: HTTPField.Name
    /// The texts before, between and behind the places.
    private let parts: [String]

    /// nil if `text` has no place for a nonce.
    init?(_ name: String, _ text: String) {
        guard let name = HTTPField.Name(name) else { return nil }
        self.name = name
        var parts: [String] = []
        var rest = text[...]
        // bytes: a place consists of ASCII, and ends with a byte that no character continues in a valid policy, which is ASCII too
        while let range = rest.firstRange(of: Self.place) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts + [String(rest)]
    }

    /// The field with this nonce.
    func field(_ nonce: ContentSecurityNonce) -> HTTPField {
        var value = parts[0]
        for part in parts.dropFirst() {
            value += nonce.text
            value += part
        }
        return HTTPField(name: name, value: value)
    }
}
