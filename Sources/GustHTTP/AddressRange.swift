package import NIOCore

/// A range of IP addresses, such as `10.0.0.0/8`, `::1` or `2001:db8::/32`.
///
/// IPv4-mapped IPv6 addresses (`::ffff:10.0.0.1`) count as IPv4 addresses; a range of them has a prefix of 96 to 128 bits.
package struct AddressRange: Sendable, Hashable {
    private let bytes: [UInt8]
    private let prefix: Int

    /// Parses an address, or an address with the length of a prefix in bits.
    ///
    /// - Throws: ``AddressRangeError`` for any other text, including other forms of IPv4 addresses (`010.1`,
    ///   `0x7f000001`).
    package init(_ text: String) throws(AddressRangeError) {
        let parts = text.pieces(on: UInt8(ascii: "/"), maxSplits: 1)
        guard let address = Self.address(String(parts[0])), let bytes = Self.bytes(of: address) else {
            throw AddressRangeError(text)
        }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefix = bytes.count * 8
            return
        }
        // The bits of the prefix count from the beginning of the address that is written.
        let skipped = parts[0].utf8.contains(UInt8(ascii: ":")) ? 128 - bytes.count * 8 : 0
        guard let prefix = Int(parts[1]), (skipped...skipped + bytes.count * 8).contains(prefix),
            parts[1].hasSameBytes(as: String(prefix))
        else {
            throw AddressRangeError(text)
        }
        self.prefix = prefix - skipped
    }

    /// Whether `address` is in the range; false for a Unix socket.
    package func contains(_ address: SocketAddress) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        let whole = prefix / 8
        guard other[..<whole] == bytes[..<whole] else { return false }
        let rest = prefix % 8
        return rest == 0 || (other[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }

    /// The socket address for the text of an IP address without a port; nil if the text isn't an IP address.
    package static func address(_ text: String, port: Int = 0) -> SocketAddress? {
        // The system's parser would accept a zone after `%`, and would stop at a NUL.
        guard text.utf8.allSatisfy({ $0 != 0 && $0 != UInt8(ascii: "%") }) else { return nil }
        do { return try SocketAddress(ipAddress: text, port: port) } catch { return nil }
    }

    /// The network by which visitors are distinguished: an IPv4 address, or the first 64 bits of an IPv6 address.
    ///
    /// A customer of a provider gets at least 64 bits of IPv6 addresses. nil for a Unix socket.
    package static func network(of address: SocketAddress) -> [UInt8]? {
        bytes(of: address).map { $0.count == 16 ? Array($0[..<8]) : $0 }
    }

    private static func bytes(of address: SocketAddress) -> [UInt8]? {
        // The names of the C structures' members are in a module that NIO doesn't re-export. On Linux and Darwin, an
        // IPv4 address follows 4 bytes (family and port), an IPv6 address 8 bytes (with the flow information).
        switch address {
        case .v4(let address): return withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? Array(bytes[12...]) : bytes
        case .unixDomainSocket: return nil
        }
    }
}

/// The error for text that isn't an IP address or a range of addresses.
package struct AddressRangeError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// The invalid text.
    package let text: String

    package init(_ text: String) { self.text = text }

    /// A message with the expected forms and the text.
    public var description: String {
        "an address such as 127.0.0.1, a range such as 10.0.0.0/8, or \"unix\" is expected\n  \(text)\n  ^"
    }
}
