import GustHTTP

/// What was agreed on compression (RFC 7692): the first of the client's offers that can be served.
///
/// Neither side refers back to earlier messages, whatever was offered; a server may ask for that on its own account
/// (§7.1.1).
struct PermessageDeflate: Equatable {
    /// The window in which the client can decompress, 9 to 15 bits.
    var serverWindowBits = MessageCompression.maximumWindowBits

    /// Picks an offer out of `Sec-WebSocket-Extensions`; nil if there is none to accept.
    init?(offers: String) {
        for offer in offers.split(separator: ",") {
            guard let accepted = Self(offer: offer) else { continue }
            self = accepted
            return
        }
        return nil
    }

    /// Reads one offer; nil if it is of another extension, has an unknown, repeated or senseless parameter, or wants a
    /// window of 8 bits, which zlib can't do.
    private init?(offer: Substring) {
        var parts = offer.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingSpaces() }[...]
        guard parts.popFirst()?.lowercased() == "permessage-deflate" else { return nil }
        var seen: Set<Substring> = []
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first?.trimmingSpaces(), seen.insert(name).inserted else { return nil }
            let value = pair.count > 1 ? Self.unquoted(pair[1].trimmingSpaces()) : nil
            switch name {
            case "server_no_context_takeover", "client_no_context_takeover":
                guard value == nil else { return nil }
            case "server_max_window_bits":
                guard let bits = value.flatMap(Self.windowBits), bits > 8 else { return nil }
                serverWindowBits = bits
            case "client_max_window_bits":
                // Less than ours is no trouble to read.
                guard value == nil || value.flatMap(Self.windowBits) != nil else { return nil }
            default: return nil
            }
        }
    }

    /// What the client is told.
    var response: String {
        let response = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        guard serverWindowBits < MessageCompression.maximumWindowBits else { return response }
        return "\(response); server_max_window_bits=\(serverWindowBits)"
    }

    /// A number from 8 to 15 without leading zeros.
    private static func windowBits(_ text: Substring) -> Int? {
        guard let bits = Int(text), (8...15).contains(bits), String(bits) == text else { return nil }
        return bits
    }

    private static func unquoted(_ text: Substring) -> Substring {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        return text.dropFirst().dropLast()
    }
}
