import NIOCore

extension Peer {
    /// The network by which visitors are distinguished: the IPv4 address, or the first 64 bits of the IPv6 address, of which a customer
    /// of a provider has at least that many.
    ///
    /// The text has the bytes of the network in hexadecimal digits, with points between them: `c0.0.2.7` for 192.0.2.7. It is the
    /// key under which rate limits count a visitor by default. An IPv4-mapped IPv6 address counts as the IPv4 address. nil for a Unix
    /// socket, and if a proxy has hidden the address.
    public var network: String? {
        switch address {
        case .v4(let address): withUnsafeBytes(of: address.address) { Self.text($0[4..<8]) }
        case .v6(let address):
            withUnsafeBytes(of: address.address) { structure in
                let isMapped =
                    structure[8..<18].allSatisfy { $0 == 0 } && structure[18] == 0xFF && structure[19] == 0xFF
                return Self.text(structure[isMapped ? 20..<24 : 8..<16])
            }
        case .unixDomainSocket, nil: nil
        }
    }

    /// Hexadecimal digits without leading zeros, with points between the bytes.
    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        // The text of an IPv4 address has at most 11 bytes, for which a string allocates nothing.
        String(unsafeUninitializedCapacity: bytes.count * 3) { text in
            var length = 0
            func append(_ digit: UInt8) {
                text[length] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                length += 1
            }
            for byte in bytes {
                if length > 0 {
                    text[length] = UInt8(ascii: ".")
                    length += 1
                }
                if byte > 15 { append(byte >> 4) }
                append(byte & 15)
            }
            return length
        }
    }
}
