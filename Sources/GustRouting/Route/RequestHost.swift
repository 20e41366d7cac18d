import GustHTTP
import HTTPTypes

extension Request {
    private static let hostName = HTTPField.Name("Host")

    /// The host of the `Host` field without its port, ASCII letters in lower case.
    ///
    /// An IPv6 address keeps its brackets. Without a `Host` field the host is empty. nil if the host isn't ASCII, which
    /// no host of a URL can be.
    ///
    /// Source: RFC 9110 §7.2, RFC 3986 §3.2.2.
    package var hostName: String? {
        guard let name = Self.hostName, let field = headers[name] else { return "" }
        var host = Array(field.utf8)
        // The port follows the last colon, unless that colon is part of an IPv6 address.
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), !host[colon...].contains(UInt8(ascii: "]")) {
            host.removeSubrange(colon...)
        }
        for index in host.indices {
            guard host[index] < 0x80 else { return nil }
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(host[index]) { host[index] |= 0x20 }
        }
        return String(decoding: host, as: UTF8.self)
    }
}
