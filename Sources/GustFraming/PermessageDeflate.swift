package import GustHTTP

/// The negotiated parameters of compression (RFC 7692), as one end sees them.
///
/// A server takes the first of the client's offers that can be accepted. It may include both `no_context_takeover` parameters and
/// a limit of its own window in its response, whatever the client offered (§7.1). Parameter names and values are compared by bytes.
package struct PermessageDeflate: Equatable {
    /// The end that has these parameters.
    package let role: WebSocketRole
    /// The settings, with all numbers in range.
    package let settings: WebSocketDeflate
    /// The size of the largest window with which this end may compress, as a power of two: 8 to 15.
    ///
    /// A server's is at least 9. With 8 a client compresses nothing, because zlib has no such window.
    package private(set) var ownWindowBits: Int
    /// The limit of the peer's window that was negotiated; nil for none.
    package private(set) var peerWindowBits: Int?
    /// Whether this end's messages refer to its earlier ones.
    package var keepsOwnContext: Bool
    /// Whether the peer's messages may refer to its earlier ones.
    package var keepsPeerContext: Bool

    /// The parameters of zlib with which this end compresses.
    var parameters: DeflateParameters {
        DeflateParameters(windowBits: ownWindowBits, level: settings.level, memoryLevel: settings.memoryLevel)
    }

    // MARK: The server's end

    /// Accepts the first suitable offer of `Sec-WebSocket-Extensions`; nil if no offer can be accepted.
    package init?(offers: String, _ settings: WebSocketDeflate = WebSocketDeflate()) {
        let settings = settings.inRange
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
        guard let parameters = DeflateExtension(offer) else { return nil }
        role = .server
        self.settings = settings
        ownWindowBits = settings.windowBits
        keepsOwnContext = settings.keepsContext && !parameters.serverHasNoTakeover
        keepsPeerContext = settings.keepsClientContext && !parameters.clientHasNoTakeover
        switch parameters.serverWindow {
        case nil: break
        case .bits(let bits) where bits > 8: ownWindowBits = min(bits, settings.windowBits)
        case .bits, .unnamed: return nil
        }
        // Without a limit of the server the client uses what it offered, or the largest window.
        guard settings.clientWindowBits < 15 else { return }
        switch parameters.clientWindow {
        case nil: break
        case .unnamed: peerWindowBits = settings.clientWindowBits
        case .bits(let bits): peerWindowBits = min(bits, settings.clientWindowBits)
        }
    }

    /// The value of `Sec-WebSocket-Extensions` in the response of a server.
    package var response: String {
        var response = DeflateExtension.name
        if !keepsOwnContext { response += "; server_no_context_takeover" }
        if !keepsPeerContext { response += "; client_no_context_takeover" }
        if ownWindowBits < 15 { response += "; server_max_window_bits=\(ownWindowBits)" }
        if let peerWindowBits { response += "; client_max_window_bits=\(peerWindowBits)" }
        return response
    }

    // MARK: The client's end

    /// The value of `Sec-WebSocket-Extensions` in the request of a client: one offer.
    ///
    /// `keepsClientContext` and `clientWindowBits` of the settings describe the client's own messages, `keepsContext` and `windowBits`
    /// those of the server.
    package static func offer(_ settings: WebSocketDeflate) -> String {
        let settings = settings.inRange
        var offer = DeflateExtension.name
        if !settings.keepsContext { offer += "; server_no_context_takeover" }
        if !settings.keepsClientContext { offer += "; client_no_context_takeover" }
        if settings.windowBits < 15 { offer += "; server_max_window_bits=\(settings.windowBits)" }
        // Without a value the server may choose any window (RFC 7692 §7.1.2.2).
        offer += "; client_max_window_bits"
        if settings.clientWindowBits < 15 { offer += "=\(settings.clientWindowBits)" }
        return offer
    }

    /// Reads the response of a server, `Sec-WebSocket-Extensions`, to the offer of these settings.
    ///
    /// - Throws: ``WebSocketFailure`` with ``WebSocketCloseCode/protocolError`` if the response doesn't accept exactly this offer: it
    ///   names another or a second extension, a parameter is unknown, repeated or without its value, a window is larger than offered, or
    ///   what the offer requires of the server is missing (RFC 7692 §7.1, RFC 6455 §4.1).
    package init(response: String, to settings: WebSocketDeflate) throws(WebSocketFailure) {
        let settings = settings.inRange
        let elements = response.tokenElements()
        guard elements.count == 1, let parameters = DeflateExtension(elements[0]),
            settings.keepsContext || parameters.serverHasNoTakeover
        else { throw WebSocketFailure(.protocolError) }
        role = .client
        self.settings = settings
        keepsOwnContext = settings.keepsClientContext && !parameters.clientHasNoTakeover
        keepsPeerContext = !parameters.serverHasNoTakeover
        ownWindowBits = settings.clientWindowBits
        switch parameters.clientWindow {
        case nil: break
        case .bits(let bits) where bits <= settings.clientWindowBits: ownWindowBits = bits
        case .bits, .unnamed: throw WebSocketFailure(.protocolError)
        }
        switch parameters.serverWindow {
        // A server that accepts the offer of a limit repeats it, or a smaller one.
        case nil where settings.windowBits == 15: break
        case .bits(let bits) where bits <= settings.windowBits: peerWindowBits = bits
        case nil, .bits, .unnamed: throw WebSocketFailure(.protocolError)
        }
    }
}

extension WebSocketDeflate {
    /// The settings, with each number that is out of range replaced by the nearest number in range.
    fileprivate var inRange: WebSocketDeflate {
        var settings = self
        settings.level = min(max(level, 1), 9)
        settings.memoryLevel = min(max(memoryLevel, 1), 9)
        settings.windowBits = min(max(windowBits, 9), 15)
        settings.clientWindowBits = min(max(clientWindowBits, 9), 15)
        return settings
    }
}
