import GustHTTP

/// What was agreed on compression (RFC 7692): the first of the client's offers that can be served.
///
/// Neither side refers back to earlier messages, whatever was offered; a server may ask for that on its own account
/// (§7.1.1). Names and values are compared by bytes.
struct PermessageDeflate: Equatable {
    /// The window in which the client can decompress, 9 to 15 bits.
    var serverWindowBits = MessageCompression.maximumWindowBits

    private enum Parameter {
        case serverTakeover, clientTakeover, serverWindow, clientWindow
    }

    /// Picks an offer out of `Sec-WebSocket-Extensions`; nil if there is none to accept.
    init?(offers: String) {
        for offer in offers.tokenElements() {
            guard let accepted = Self(offer: offer) else { continue }
            self = accepted
            return
        }
        return nil
    }

    /// Reads one offer; nil if it is of another extension, has an unknown, repeated or senseless parameter, or wants a
    /// window of 8 bits, which zlib can't do.
    private init?(offer: Substring) {
        var parts = offer.pieces(on: UInt8(ascii: ";")).map { $0.trimmingSpaces() }[...]
        guard let name = parts.popFirst(), name.equalsIgnoringASCIICase("permessage-deflate") else { return nil }
        var seen: Set<Parameter> = []
        for part in parts {
            let pair = part.pieces(on: UInt8(ascii: "="), maxSplits: 1)
            guard let parameter = pair.first.flatMap({ Self.parameter($0.trimmingSpaces()) }),
                seen.insert(parameter).inserted
            else { return nil }
            let value = pair.count > 1 ? Self.unquoted(pair[1].trimmingSpaces()) : nil
            switch parameter {
            case .serverTakeover, .clientTakeover:
                guard value == nil else { return nil }
            case .serverWindow:
                guard let bits = value.flatMap(Self.windowBits), bits > 8 else { return nil }
                serverWindowBits = bits
            case .clientWindow:
                // Less than ours is no trouble to read.
                guard value == nil || value.flatMap(Self.windowBits) != nil else { return nil }
            }
        }
    }

    private static func parameter(_ name: Substring) -> Parameter? {
        if name.hasSameBytes(as: "server_no_context_takeover") { return .serverTakeover }
        if name.hasSameBytes(as: "client_no_context_takeover") { return .clientTakeover }
        if name.hasSameBytes(as: "server_max_window_bits") { return .serverWindow }
        if name.hasSameBytes(as: "client_max_window_bits") { return .clientWindow }
        return nil
    }

    /// What the client is told.
    var response: String {
        let response = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        guard serverWindowBits < MessageCompression.maximumWindowBits else { return response }
        return "\(response); server_max_window_bits=\(serverWindowBits)"
    }

    /// A number from 8 to 15 without leading zeros.
    private static func windowBits(_ text: Substring) -> Int? {
        (8...15).first { text.hasSameBytes(as: String($0)) }
    }

    private static func unquoted(_ text: Substring) -> Substring {
        let quote = UInt8(ascii: "\"")
        guard text.utf8.count >= 2, text.utf8.first == quote, text.utf8.last == quote else { return text }
        return Substring(text.utf8.dropFirst().dropLast())
    }
}
