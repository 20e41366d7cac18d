import GustHTTP

/// Where the other nodes of a cluster reach a node.
public enum NodeAddress: Sendable {
    /// A TCP port: the name or IP address of a host, and a port.
    case tcp(host: String, port: Int)
    /// A Unix socket, for nodes on one machine; the path of its file.
    case unixSocket(path: String)
    /// Only the bus of the cluster reaches the node.
    case bus
}

extension NodeAddress: Hashable {
    /// Whether both are the same address, by the bytes of their texts.
    public static func == (left: NodeAddress, right: NodeAddress) -> Bool {
        ByteText(left.text) == ByteText(right.text)
    }

    /// Hashes the address.
    public func hash(into hasher: inout Hasher) { hasher.combine(ByteText(text)) }
}

/// The form in which a directory outside of the process keeps an address.
extension NodeAddress {
    /// The address as one line: `tcp <port> <host>`, `unix <path>` or `bus`.
    package var text: String {
        switch self {
        case .tcp(let host, let port): "tcp \(port) \(host)"
        case .unixSocket(let path): "unix \(path)"
        case .bus: "bus"
        }
    }

    /// Reads an address; nil for any other text, and for one that is longer than 512 bytes.
    package init?(text: String) {
        guard text.utf8.count <= 512, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F || $0 == 0x20 }) else {
            return nil
        }
        let words = text.pieces(on: UInt8(ascii: " "), maxSplits: 1)
        switch words.count {
        case 1 where words[0].hasSameBytes(as: "bus"): self = .bus
        case 2 where words[0].hasSameBytes(as: "unix") && !words[1].isEmpty: self = .unixSocket(path: String(words[1]))
        case 2 where words[0].hasSameBytes(as: "tcp"):
            let parts = words[1].pieces(on: UInt8(ascii: " "), maxSplits: 1)
            guard parts.count == 2, !parts[1].isEmpty, let port = Int(parts[0]), (1...65_535).contains(port),
                !parts[1].utf8.contains(0x20)
            else { return nil }
            self = .tcp(host: String(parts[1]), port: port)
        default: return nil
        }
    }
}
