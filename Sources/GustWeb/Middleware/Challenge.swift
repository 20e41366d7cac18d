package import GustHTTP
import HTTPTypes

/// The challenge of a 401 response: the authentication scheme and the realm (RFC 9110 §11).
package struct Challenge: Sendable {
    private let scheme: String
    private let realm: String

    package init(_ scheme: String, realm: String) {
        self.scheme = scheme
        var quoted = ""
        for scalar in realm.unicodeScalars {
            // The realm is sent as a quoted string: quotes and backslashes are escaped, control characters are left
            // out.
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            if scalar.value >= 0x20, scalar.value != 0x7F { quoted.unicodeScalars.append(scalar) }
        }
        self.realm = quoted
    }

    /// The credentials after the scheme in `Authorization`; nil if the field is missing or has another scheme.
    ///
    /// A repeated field yields nil too.
    package func credentials(of request: Request) -> String? {
        let fields = request.headers[values: .authorization]
        guard fields.count == 1, let field = fields.first, let space = field.utf8.firstIndex(of: UInt8(ascii: " ")),
            field[..<space].equalsIgnoringASCIICase(scheme)
        else { return nil }
        return String(field[space...].trimmingSpaces())
    }

    /// The 401 error, with `parameters` after the realm.
    package func refusal(_ parameters: String = "") -> HTTPError {
        HTTPError(.unauthorized, headers: [.wwwAuthenticate: "\(scheme) realm=\"\(realm)\"\(parameters)"])
    }
}
