import GustHTTP
import HTTPTypes

/// What a visitor without credentials is told: the scheme, and what they are for (RFC 9110 §11).
struct Challenge: Sendable {
    private let scheme: String
    private let realm: String

    init(_ scheme: String, realm: String) {
        self.scheme = scheme
        var quoted = ""
        for scalar in realm.unicodeScalars {
            // The realm is a quoted string: nothing may leave its quotes, or its line.
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            if scalar.value >= 0x20, scalar.value != 0x7F { quoted.unicodeScalars.append(scalar) }
        }
        self.realm = quoted
    }

    /// What stands behind the scheme in `Authorization`; nil if that is missing or of another scheme.
    ///
    /// Credentials that were sent twice are no credentials.
    func credentials(of request: Request) -> String? {
        let fields = request.headers[values: .authorization]
        guard fields.count == 1, let field = fields.first, let space = field.utf8.firstIndex(of: UInt8(ascii: " ")),
            field[..<space].equalsIgnoringASCIICase(scheme)
        else { return nil }
        return String(field[space...].trimmingSpaces())
    }

    /// The refusal: 401, with `parameters` behind the realm.
    func refusal(_ parameters: String = "") -> HTTPError {
        HTTPError(.unauthorized, headers: [.wwwAuthenticate: "\(scheme) realm=\"\(realm)\"\(parameters)"])
    }
}
