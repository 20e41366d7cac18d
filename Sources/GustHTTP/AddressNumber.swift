package import NIOCore

/// An IP address as a number, so that it is compared with many ranges without an allocation.
package struct AddressNumber: Sendable, Hashable {
    /// Whether this is an IPv4 address, or an IPv4-mapped IPv6 address, which is the same address.
    package let isIPv4: Bool
    /// The bits of the IPv6 address; those of an IPv4 address are mapped (RFC 4291 §2.5.5.2).
    package let value: UInt128

    init(isIPv4: Bool, value: UInt128) {
        self.isIPv4 = isIPv4
        self.value = value
    }

    /// The number of an address; nil for a Unix socket.
    package init?(_ address: SocketAddress) {
        // The names of the C structures' members are in a module that NIO doesn't re-export. On Linux and Darwin, an
        // IPv4 address follows 4 bytes (family and port), an IPv6 address 8 bytes (with the flow information).
        switch address {
        case .v4(let address):
            let number = withUnsafeBytes(of: address.address) { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
            self.init(isIPv4: true, value: Self.mapping | UInt128(UInt32(bigEndian: number)))
        case .v6(let address):
            let value = withUnsafeBytes(of: address.address) { structure in
                let high = UInt64(bigEndian: structure.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let low = UInt64(bigEndian: structure.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                return UInt128(high) << 64 | UInt128(low)
            }
            self.init(isIPv4: value >> 32 == Self.mapping >> 32, value: value)
        case .unixDomainSocket: return nil
        }
    }

    /// The address `::ffff:0.0.0.0`.
    private static var mapping: UInt128 { 0xFFFF << 32 }
}
