import GustFraming
import GustHTTP
import HTTPTypes

/// The server's side of WebSocket's opening handshake (RFC 6455 §4.2; hybi-07 and -08 differ in the version number only).
enum WebSocketHandshake {
    /// The response to a valid handshake, and the framing of the connection.
    struct Acceptance {
        /// The reason phrase of the 101.
        var reason: StaticString
        /// The header fields of the 101, in the order and spelling that old clients require.
        ///
        /// The values are taken from header fields and request targets, which contain no line ends.
        var fields: [(name: String, value: String)]
        /// Reads and writes the frames of the connection.
        var framing: any WebSocketFraming
        /// The challenge that must be answered before the first frame (hixie-76); nil for other dialects.
        var challenge: Hixie76Challenge?
    }

    /// Checks a handshake in one of `dialects` and makes the response.
    ///
    /// The error is 426 if the request isn't a WebSocket handshake or its version isn't in `dialects`, else 400.
    static func accept(
        _ request: Request,
        _ upgrade: WebSocketUpgrade,
        dialects: Set<WebSocketDialect>,
        compression: MessageCompression
    ) -> Result<Acceptance, HTTPError> {
        guard request.method == .get, request.isUpgrade(to: "websocket") else {
            return .failure(
                HTTPError(
                    .upgradeRequired,
                    "this URL accepts WebSocket handshakes only",
                    headers: [.upgrade: "websocket"]
                )
            )
        }
        let version = request.joinedValues(of: "sec-websocket-version")
        let dialect = version.map(WebSocketDialect.init(version:)) ?? HixieHandshake.dialect(of: request)
        guard let dialect, dialects.contains(dialect) else { return .failure(unspoken(dialects)) }
        switch dialect {
        case .hixie75, .hixie76: return HixieHandshake.accept(request, upgrade, dialect)
        case .hybi07, .hybi08, .rfc6455: return accept(request, upgrade, dialect, compression)
        }
    }

    private static func unspoken(_ dialects: Set<WebSocketDialect>) -> HTTPError {
        // The newest version first, as in the example of RFC 6455 §4.4.
        let versions = WebSocketDialect.allCases.reversed().filter(dialects.contains).compactMap(\.version)
        var headers: HTTPFields = [.upgrade: "websocket"]
        if !versions.isEmpty { headers[.secWebSocketVersion] = versions.joined(separator: ", ") }
        return HTTPError(
            .upgradeRequired,
            "this version of the WebSocket protocol isn't supported",
            headers: headers
        )
    }

    private static func accept(
        _ request: Request,
        _ upgrade: WebSocketUpgrade,
        _ dialect: WebSocketDialect,
        _ compression: MessageCompression
    ) -> Result<Acceptance, HTTPError> {
        guard let key = request.joinedValues(of: "sec-websocket-key"), WebSocketKey.isValid(key) else {
            return .failure(HTTPError(.badRequest, "Sec-WebSocket-Key isn't the base64 of 16 bytes"))
        }
        var fields = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", WebSocketKey.answer(to: key)),
        ]
        if let subprotocol = upgrade.subprotocol {
            // Subprotocols are compared case-sensitively (RFC 6455 §4.2.2).
            let offers = (request.headers[.secWebSocketProtocol] ?? "").tokenElements()
            guard offers.contains(where: { $0.hasSameBytes(as: subprotocol) }) else {
                return .failure(HTTPError(.badRequest, "the subprotocol \(subprotocol) was not offered"))
            }
            fields.append(("Sec-WebSocket-Protocol", subprotocol))
        }
        // The drafts had other compression extensions, which aren't supported.
        var deflate: MessageDeflate?
        if let settings = upgrade.deflate, dialect == .rfc6455,
            let offers = request.joinedValues(of: "sec-websocket-extensions"),
            let accepted = PermessageDeflate(offers: offers, settings)
        {
            let made = MessageDeflate(accepted, compression)
            fields.append(("Sec-WebSocket-Extensions", made.negotiated.response))
            deflate = made
        }
        let framing = RFC6455Framing(
            maximumMessageSize: upgrade.maximumMessageSize,
            maximumFragments: upgrade.maximumFragments,
            deflate: deflate
        )
        return .success(Acceptance(reason: "Switching Protocols", fields: fields, framing: framing))
    }
}
