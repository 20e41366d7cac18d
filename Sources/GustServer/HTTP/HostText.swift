import NIOCore

/// The host and port of a target or of a `Host` field (RFC 3986 §3.2, RFC 9110 §7.2), checked by bytes.
enum HostText {
    /// Whether `bytes` is `uri-host [ ":" port ]`; an empty host is valid in a `Host` field only.
    ///
    /// User information is refused (RFC 9110 §4.2.4). A comma is refused although the grammar allows it: intermediaries
    /// join two `Host` fields with a comma.
    static func isValid(_ bytes: some BidirectionalCollection<UInt8>, mayBeEmpty: Bool) -> Bool {
        guard let first = bytes.first else { return mayBeEmpty }
        var rest = bytes[...]
        if first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")),
                isIPv6Address(bytes[bytes.index(after: bytes.startIndex)..<end])
            else { return false }
            rest = bytes[bytes.index(after: end)...]
        } else {
            guard first != UInt8(ascii: ":"), let end = endOfName(bytes) else { return false }
            rest = bytes[end...]
        }
        guard let colon = rest.first else { return true }
        return colon == UInt8(ascii: ":") && isPort(rest.dropFirst())
    }

    /// The index after a registered name or IPv4 address; nil if it has a byte that the grammar doesn't allow.
    private static func endOfName<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.Index? {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ";"),
                UInt8(ascii: "="):
                bytes.formIndex(after: &index)
            case UInt8(ascii: "%"):
                let escape = bytes[index...].dropFirst().prefix(2)
                guard escape.count == 2, escape.allSatisfy(isHexadecimal) else { return nil }
                bytes.formIndex(&index, offsetBy: 3)
            case UInt8(ascii: ":"):
                return index
            default:
                return nil
            }
        }
        return index
    }

    /// Whether `digits` is a port: empty, or a number up to 65,535.
    private static func isPort(_ digits: some Collection<UInt8>) -> Bool {
        var port = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return false }
            port = port * 10 + Int(digit - UInt8(ascii: "0"))
            guard port <= 65_535 else { return false }
        }
        return true
    }

    private static func isIPv6Address(_ bytes: some Collection<UInt8>) -> Bool {
        // The longest IPv6 address has 45 bytes.
        guard bytes.count <= 45,
            bytes.allSatisfy({ isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }),
            let address = try? SocketAddress(ipAddress: String(decoding: bytes, as: UTF8.self), port: 0)
        else { return false }
        return address.protocol == .inet6
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
