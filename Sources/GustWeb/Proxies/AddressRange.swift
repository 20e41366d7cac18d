import GustHTTP
import NIOCore

/// A range of IP addresses, such as `10.0.0.0/8`, `::1` or `2001:db8::/32`.
///
/// IPv4 addresses that come as IPv6 (`::ffff:10.0.0.1`) count as what they are.
struct AddressRange: Sendable, Hashable {
    private let bytes: [UInt8]
    private let prefix: Int

    /// Reads an address, or one with the length of its prefix in bits.
    ///
    /// - Throws: ``AddressRangeError`` for anything else, other ways to write an IPv4 address (`010.1`, `0x7f000001`) included.
    init(_ text: String) throws(AddressRangeError) {
        let parts = text.pieces(on: UInt8(ascii: "/"), maxSplits: 1)
        guard let address = Self.address(String(parts[0])), let bytes = Self.bytes(of: address) else {
            throw AddressRangeError(text)
        }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefix = bytes.count * 8
            return
        }
        guard let prefix = Int(parts[1]), (0...bytes.count * 8).contains(prefix),
            parts[1].hasSameBytes(as: String(prefix))
        else {
            throw AddressRangeError(text)
        }
        self.prefix = prefix
    }

    /// Whether the address is in the range.
    func contains(_ address: SocketAddress) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        let whole = prefix / 8
        guard other[..<whole] == bytes[..<whole] else { return false }
        let rest = prefix % 8
        return rest == 0 || (other[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }

    /// An address as text, without a port; nil if it isn't one.
    static func address(_ text: String, port: Int = 0) -> SocketAddress? {
        // The system's parser would read a name with a zone, and would be given a string that ends at a NUL.
        guard text.utf8.allSatisfy({ $0 != 0 && $0 != UInt8(ascii: "%") }) else { return nil }
        do { return try SocketAddress(ipAddress: text, port: port) } catch { return nil }
    }

    /// The network that an address counts to when visitors are told apart: an IPv4 address, or the first 64 bits of an IPv6
    /// address, because a single customer gets at least these; nil if it isn't one.
    static func network(of address: SocketAddress) -> [UInt8]? {
        bytes(of: address).map { $0.count == 16 ? Array($0[..<8]) : $0 }
    }

    private static func bytes(of address: SocketAddress) -> [UInt8]? {
        // The members' names belong to a module of NIO's own; on Linux and Darwin alike the address stands behind 4 bytes
        // (family and port), for IPv6 behind 4 more (the flow).
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

/// Text that is no range of IP addresses.
public struct AddressRangeError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// The text.
    public let text: String

    init(_ text: String) { self.text = text }

    /// What was expected, and the text.
    public var description: String {
        "an address such as 127.0.0.1, a range such as 10.0.0.0/8, or \"unix\" is expected\n  \(text)\n  ^"
    }
}
