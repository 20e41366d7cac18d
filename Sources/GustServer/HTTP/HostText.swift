import GustHTTP
import NIOCore

/// The host and port of a target or of a `Host` field (RFC 3986 §3.2, RFC 9110 §7.2), checked by bytes.
enum HostText {
    /// Whether `bytes` is `uri-host [ ":" port ]`; an empty host is valid in a `Host` field only.
    ///
    /// User information is refused (RFC 9110 §4.2.4). A comma is refused although the grammar allows it: intermediaries
    /// join two `Host` fields with a comma.
    static func isValid(_ bytes: UnsafeRawBufferPointer, mayBeEmpty: Bool) -> Bool {
        guard let first = bytes.first else { return mayBeEmpty }
        let end: Int
        if first == UInt8(ascii: "[") {
            guard let bracket = bytes.offset(of: UInt8(ascii: "]")), isIPv6Address(bytes[1..<bracket]) else {
                return false
            }
            end = bracket + 1
        } else {
            end = endOfName(bytes)
            guard end > 0 else { return false }
        }
        return end == bytes.count || bytes[end] == UInt8(ascii: ":") && isPort(bytes, from: end + 1)
    }

    /// The characters of a registered name or an IPv4 address, besides escapes.
    private static let name = ASCIISet("-._~!$&'()*+;=", withLettersAndDigits: true)

    /// The index after a registered name or IPv4 address: that of the first byte which the grammar doesn't allow there.
    private static func endOfName(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = name.end(in: bytes)
        while index + 2 < bytes.count, bytes[index] == UInt8(ascii: "%"), isHexadecimal(bytes[index + 1]),
            isHexadecimal(bytes[index + 2])
        {
            index = name.end(in: bytes, from: index + 3)
        }
        return index
    }

    /// Whether the bytes from `start` on are a port: none, or a number up to 65,535.
    private static func isPort(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var port = 0
        for index in start..<bytes.count {
            let digit = bytes[index]
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return false }
            port = port * 10 + Int(digit - UInt8(ascii: "0"))
            guard port <= 65_535 else { return false }
        }
        return true
    }

    private static func isIPv6Address(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
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
