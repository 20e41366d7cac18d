import GustHTTP

/// The negotiated parameters of compression (RFC 7692), from the first of the client's offers that can be accepted.
///
/// A server may include both `no_context_takeover` parameters and a limit of its own window in its response, whatever the client
/// offered (§7.1). Parameter names and values are compared by bytes.
struct PermessageDeflate: Equatable {
    /// The settings, with all numbers in range.
    private(set) var settings: WebSocketDeflate
    /// The size of the window with which the server compresses, as a power of two: 9 to 15.
    private(set) var serverWindowBits: Int
    /// The limit of the client's window that the response has; nil for none.
    private(set) var clientWindowBits: Int?
    /// Whether the server's messages refer to earlier ones.
    var keepsContext: Bool
    /// Whether the client's messages may refer to earlier ones.
    var keepsClientContext: Bool

    /// The parameters of zlib with which the server compresses.
    var parameters: DeflateParameters {
        DeflateParameters(windowBits: serverWindowBits, level: settings.level, memoryLevel: settings.memoryLevel)
    }

    private enum Parameter {
        case serverTakeover, clientTakeover, serverWindow, clientWindow
    }

    /// Accepts the first suitable offer of `Sec-WebSocket-Extensions`; nil if no offer can be accepted.
    init?(offers: String, _ settings: WebSocketDeflate = WebSocketDeflate()) {
        var settings = settings
        settings.level = min(max(settings.level, 1), 9)
        settings.memoryLevel = min(max(settings.memoryLevel, 1), 9)
        settings.windowBits = min(max(settings.windowBits, 9), 15)
        settings.clientWindowBits = min(max(settings.clientWindowBits, 9), 15)
        for offer in offers.tokenElements() {
            guard let accepted = Self(offer: offer, settings) else { continue }
            self = accepted
            return
        }
        return nil
    }

    /// Reads one offer; nil if the offer can't be accepted.
    ///
    /// An offer can't be accepted if it names another extension, if a parameter is unknown, repeated or invalid, or if it
    /// requires a server window of 8 bits, which zlib doesn't support.
    private init?(offer: Substring, _ settings: WebSocketDeflate) {
        self.settings = settings
        serverWindowBits = settings.windowBits
        keepsContext = settings.keepsContext
        keepsClientContext = settings.keepsClientContext
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
            case .serverTakeover:
                guard value == nil else { return nil }
                keepsContext = false
            case .clientTakeover:
                guard value == nil else { return nil }
                keepsClientContext = false
            case .serverWindow:
                guard let bits = value.flatMap(Self.windowBits), bits > 8 else { return nil }
                serverWindowBits = min(bits, settings.windowBits)
            case .clientWindow:
                let bits = value.flatMap(Self.windowBits)
                guard value == nil || bits != nil else { return nil }
                // Without a limit of the server the client uses what it offered, or the largest window.
                if settings.clientWindowBits < 15 { clientWindowBits = min(bits ?? 15, settings.clientWindowBits) }
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
        var response = "permessage-deflate"
        if !keepsContext { response += "; server_no_context_takeover" }
        if !keepsClientContext { response += "; client_no_context_takeover" }
        if serverWindowBits < 15 { response += "; server_max_window_bits=\(serverWindowBits)" }
        if let clientWindowBits { response += "; client_max_window_bits=\(clientWindowBits)" }
        return response
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
