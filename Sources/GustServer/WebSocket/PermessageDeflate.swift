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
        for offer in FieldText.elements(offers[...].utf8) {
            guard let accepted = Self(offer: offer) else { continue }
            self = accepted
            return
        }
        return nil
    }

    /// Reads one offer; nil if it is of another extension, has an unknown, repeated or senseless parameter, or wants a
    /// window of 8 bits, which zlib can't do.
    private init?(offer: Substring.UTF8View) {
        let semicolon = UInt8(ascii: ";")
        var parts = offer.split(separator: semicolon, omittingEmptySubsequences: false).map(FieldText.trimmed)[...]
        guard let name = parts.popFirst(), FieldText.equals(name, "permessage-deflate") else { return nil }
        var seen: Set<Parameter> = []
        for part in parts {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let parameter = pair.first.flatMap({ Self.parameter(FieldText.trimmed($0)) }),
                seen.insert(parameter).inserted
            else { return nil }
            let value = pair.count > 1 ? Self.unquoted(FieldText.trimmed(pair[1])) : nil
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

    private static func parameter(_ name: Substring.UTF8View) -> Parameter? {
        if FieldText.isSame(name, "server_no_context_takeover".utf8) { return .serverTakeover }
        if FieldText.isSame(name, "client_no_context_takeover".utf8) { return .clientTakeover }
        if FieldText.isSame(name, "server_max_window_bits".utf8) { return .serverWindow }
        if FieldText.isSame(name, "client_max_window_bits".utf8) { return .clientWindow }
        return nil
    }

    /// What the client is told.
    var response: String {
        let response = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        guard serverWindowBits < MessageCompression.maximumWindowBits else { return response }
        return "\(response); server_max_window_bits=\(serverWindowBits)"
    }

    /// A number from 8 to 15 without leading zeros.
    private static func windowBits(_ text: Substring.UTF8View) -> Int? {
        (8...15).first { FieldText.isSame(text, String($0).utf8) }
    }

    private static func unquoted(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let quote = UInt8(ascii: "\"")
        guard text.count >= 2, text.first == quote, text.last == quote else { return text }
        return text.dropFirst().dropLast()
    }
}
