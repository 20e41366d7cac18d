import GustHTTP
import HTTPTypes

extension Request {
    private static let hostName = HTTPField.Name("Host")

    /// The host that was asked, in lower case, without its port; an IPv6 address in its brackets, empty if there is none.
    ///
    /// Source: RFC 9110 §7.2, RFC 3986 §3.2.2.
    var hostName: String {
        guard let name = Self.hostName, let field = headers[name] else { return "" }
        // The port is behind the last colon, unless that is inside of an address.
        guard let colon = field.lastIndex(of: ":"), !field[colon...].contains("]") else { return field.lowercased() }
        return field[..<colon].lowercased()
    }
}
