import GustHTTP

/// The negotiated parameters of compression (RFC 7692), from the first of the client's offers that can be accepted.
///
/// Messages never refer to earlier messages, in either direction, whatever the client offered: a server may include both
/// `no_context_takeover` parameters in its response (§7.1.1). Parameter names and values are compared by bytes.
struct PermessageDeflate: Equatable {
    /// The size of the window with which the server compresses, as a power of two: 9 to 15.
    var serverWindowBits = MessageCompression.maximumWindowBits

    private enum Parameter {
        case serverTakeover, clientTakeover, serverWindow, clientWindow
    }

    /// Accepts the first suitable offer of `Sec-WebSocket-Extensions`; nil if no offer can be accepted.
    init?(offers: String) {
        for offer in offers.tokenElements() {
            guard let accepted = Self(offer: offer) else { continue }
            self = accepted
            return
        }
        return nil
    }

    /// Reads one offer; nil if the offer can't be accepted.
    ///
    /// An offer can't be accepted if it names another extension, if a parameter is unknown, repeated or invalid, or if it
    /// requires a server window of 8 bits, which zlib doesn't support.
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
                // The value isn't used: an inflator with the largest window can read data of a smaller window.
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

    /// The value of `Sec-WebSocket-Extensions` in the response.
    var response: String {
        let response = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        guard serverWindowBits < MessageCompression.maximumWindowBits else { return response }
        return "\(response); server_max_window_bits=\(serverWindowBits)"
    }

    /// The number in `text`; nil unless it is 8 to 15 without leading zeros.
    private static func windowBits(_ text: Substring) -> Int? {
        (8...15).first { text.hasSameBytes(as: String($0)) }
    }

    private static func unquoted(_ text: Substring) -> Substring {
        let quote = UInt8(ascii: "\"")
        guard text.utf8.count >= 2, text.utf8.first == quote, text.utf8.last == quote else { return text }
        return Substring(text.utf8.dropFirst().dropLast())
    }
}
