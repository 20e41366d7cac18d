import GustHTTP
import NIOCore

/// The address of a peer as it is counted: that of IPv4, and the network of 64 bits of IPv6, which one host may use up.
struct PeerAddress: Hashable, Sendable {
    private let text: ByteText

    /// Reads the address; nil if the peer has none, as behind a Unix socket.
    init?(_ peer: Peer) {
        guard let address = peer.address, let text = address.ipAddress else { return nil }
        guard case .v6(let v6) = address else {
            self.text = ByteText(text)
            return
        }
        let groups = withUnsafeBytes(of: v6.address) { structure in
            // The address stands behind family, port and flow label (RFC 3493 §3.3).
            let bytes = UnsafeRawBufferPointer(rebasing: structure[8..<24])
            // An IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2) is told by all of its bytes.
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return bytes.prefix(isMapped ? 16 : 8).map { String($0, radix: 16) }
        }
        self.text = ByteText(groups.joined(separator: ":"))
    }
}
