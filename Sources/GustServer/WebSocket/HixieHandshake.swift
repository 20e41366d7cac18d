import GustHTTP
import HTTPTypes

/// The opening handshakes of the drafts hixie-75 and hixie-76, from the server's side.
enum HixieHandshake {
    /// The draft of a request without `Sec-WebSocket-Version`; nil if the request is of neither draft.
    static func dialect(of request: Request) -> WebSocketDialect? {
        if request.headers.value(of: "sec-websocket-key1") != nil { return .hixie76 }
        // hixie-75 has this spelling only. A request with a `Sec-WebSocket-` field is of a later version, even if its
        // version is missing.
        let upgrade = request.headers[.upgrade] ?? ""
        guard upgrade.hasSameBytes(as: "WebSocket") else { return nil }
        let isLater = request.headers.contains { $0.name.canonicalName.hasBytePrefix("sec-websocket-") }
        return isLater ? nil : .hixie75
    }

    static func accept(
        _ request: Request,
        _ upgrade: WebSocketUpgrade,
        _ dialect: WebSocketDialect
    ) -> Result<WebSocketHandshake.Acceptance, HTTPError> {
        let headers = request.headers
        guard let host = headers.value(of: "host"), !host.isEmpty else {
            return .failure(HTTPError(.badRequest, "a WebSocket handshake needs a Host field"))
        }
        let prefix = dialect == .hixie76 ? "Sec-WebSocket" : "WebSocket"
        let offerName = dialect == .hixie76 ? "sec-websocket-protocol" : "websocket-protocol"
        var fields = [("Upgrade", "WebSocket"), ("Connection", "Upgrade")]
        let origin = headers[.origin]
        if let origin { fields.append(("\(prefix)-Origin", origin)) }
        // Browsers compare the location with the URL that they connected to. If a proxy terminates TLS, the scheme is only
        // known from the origin of the page.
        let isSecure = request.peer.isSecure || origin.map { $0.hasPrefixIgnoringASCIICase("https://") } ?? false
        let location = upgrade.location ?? "\(isSecure ? "wss" : "ws")://\(host)\(request.target.text)"
        fields.append(("\(prefix)-Location", location))
        // In these drafts a server can't decline a subprotocol: a client that sent one closes the connection unless the
        // response repeats it.
        if let offered = headers.value(of: offerName) {
            guard upgrade.subprotocol.map({ $0.hasSameBytes(as: offered) }) ?? true else {
                return .failure(HTTPError(.badRequest, "the subprotocol isn't supported"))
            }
            fields.append(("\(prefix)-Protocol", offered))
        } else if upgrade.subprotocol != nil {
            return .failure(HTTPError(.badRequest, "the subprotocol was not offered"))
        }
        var acceptance = WebSocketHandshake.Acceptance(
            reason: dialect == .hixie76 ? "WebSocket Protocol Handshake" : "Web Socket Protocol Handshake",
            fields: fields,
            framing: HixieFraming(
                hasClosingHandshake: dialect == .hixie76,
                maximumMessageSize: upgrade.maximumMessageSize
            )
        )
        if dialect == .hixie76 {
            guard let key1 = headers.value(of: "sec-websocket-key1"),
                let key2 = headers.value(of: "sec-websocket-key2"),
                let challenge = Hixie76Challenge(key1, key2)
            else { return .failure(HTTPError(.badRequest, "Sec-WebSocket-Key1 and -Key2 aren't keys of draft 76")) }
            acceptance.challenge = challenge
        }
        return .success(acceptance)
    }
}
