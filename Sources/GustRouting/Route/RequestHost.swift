import GustHTTP
import HTTPTypes

extension Request {
    private static let hostName = HTTPField.Name("Host")

    /// The host of the `Host` field without its port, ASCII letters in lower case.
    ///
    /// An IPv6 address keeps its brackets. Without a `Host` field the host is empty. nil if the host isn't ASCII, which
    /// no host of a URL can be, or if there are several `Host` fields.
    ///
    /// Source: RFC 9110 §7.2, RFC 3986 §3.2.2.
    package var hostName: String? {
        guard let name = Self.hostName else { return "" }
        // The subscript of the fields would cost as much as a route: it makes a list of the values and joins them.
        var first: String?
        for field in headers where field.name == name {
            guard first == nil else { return nil }
            first = field.value
        }
        guard let field = first else { return "" }
        // A host in lower case without a port, as most clients send it, is the field itself.
        let isPlain = field.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: ":") && !$0.isUpperCase }
        }
        if isPlain == true { return field }
        var host = Array(field.utf8)
        // The port follows the last colon, unless that colon is part of an IPv6 address.
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), !host[colon...].contains(UInt8(ascii: "]")) {
            host.removeSubrange(colon...)
        }
        for index in host.indices {
            guard host[index] < 0x80 else { return nil }
            if host[index].isUpperCase { host[index] |= 0x20 }
        }
        return String(decoding: host, as: UTF8.self)
    }
}

extension UInt8 {
    /// Whether this is an ASCII letter in upper case.
    fileprivate var isUpperCase: Bool { UInt8(ascii: "A") <= self && self <= UInt8(ascii: "Z") }
}
