package import NIOCore

/// A range of IP addresses, such as `10.0.0.0/8`, `::1` or `2001:db8::/32`.
///
/// IPv4-mapped IPv6 addresses (`::ffff:10.0.0.1`) count as IPv4 addresses; a range of them has a prefix of 96 to 128 bits.
package struct AddressRange: Sendable, Hashable {
    /// The first address of the range.
    private let first: AddressNumber
    /// The bits that all addresses of the range have in common.
    private let mask: UInt128

    /// Parses an address, or an address with the length of a prefix in bits.
    ///
    /// - Throws: ``AddressRangeError`` for any other text, including other forms of IPv4 addresses (`010.1`,
    ///   `0x7f000001`).
    package init(_ text: String) throws(AddressRangeError) {
        let parts = text.pieces(on: UInt8(ascii: "/"), maxSplits: 1)
        guard let address = Self.address(String(parts[0])), let number = AddressNumber(address) else {
            throw AddressRangeError(text)
        }
        // The bits of the prefix count from the beginning of the address that is written; an IPv4 address has 32 of them.
        let isShort = number.isIPv4 && !parts[0].utf8.contains(UInt8(ascii: ":"))
        let skipped = isShort ? 96 : 0
        var prefix = 128
        if parts.count == 2 {
            // An IPv4-mapped range includes no other addresses, so its prefix begins behind the mapping.
            guard let length = Int(parts[1]), (0...128).contains(length),
                ((number.isIPv4 ? 96 : 0)...128).contains(length + skipped), parts[1].hasSameBytes(as: String(length))
            else {
                throw AddressRangeError(text)
            }
            prefix = length + skipped
        }
        mask = prefix == 0 ? 0 : UInt128.max << (128 - prefix)
        first = AddressNumber(isIPv4: number.isIPv4, value: number.value & mask)
    }

    /// Whether `address` is in the range; false for a Unix socket.
    package func contains(_ address: SocketAddress) -> Bool {
        AddressNumber(address).map(contains) ?? false
    }

    /// Whether the range includes an address.
    package func contains(_ number: AddressNumber) -> Bool {
        number.isIPv4 == first.isIPv4 && number.value & mask == first.value
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
        AddressNumber(address).map { number in
            let (shift, count) = number.isIPv4 ? (0, 4) : (64, 8)
            return (0..<count).reversed().map { UInt8(truncatingIfNeeded: number.value >> (shift + 8 * $0)) }
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
