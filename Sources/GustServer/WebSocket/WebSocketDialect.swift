import GustHTTP

/// A version of the WebSocket protocol that browsers have used since 2009.
///
/// The API is the same for all versions. The two hixie drafts have no binary messages, see `WebSocket.carriesBinary`, and
/// no pings: `WebSocket.ping(_:)` sends nothing to such a client.
package enum WebSocketDialect: Sendable, Hashable, CaseIterable {
    /// draft-hixie-thewebsocketprotocol-75: Chrome 4–5, Safari 5.0.0.
    ///
    /// This draft has no closing handshake, so `WebSocketClosure.isClean` is always `false`.
    case hixie75
    /// draft-hixie-thewebsocketprotocol-76, also called hybi-00: Chrome 6–13, Safari 5.0.1–5.1 and web-socket-js.
    ///
    /// web-socket-js implements WebSocket with Flash; the `flashsocket` transport uses it.
    case hixie76
    /// draft-ietf-hybi-thewebsocketprotocol-07: Firefox 6.
    case hybi07
    /// draft-ietf-hybi-thewebsocketprotocol-08 to -12, which are the same on the wire: Chrome 14–15, Firefox 7–10.
    case hybi08
    /// RFC 6455, which every browser has used since 2012.
    case rfc6455

    /// The dialects that a server speaks, with or without the drafts.
    static func spoken(withDrafts: Bool) -> Set<WebSocketDialect> { withDrafts ? Set(allCases) : [.rfc6455] }

    /// The number in `Sec-WebSocket-Version`; nil for the drafts that don't have this field.
    var version: String? {
        switch self {
        case .hixie75, .hixie76: nil
        case .hybi07: "7"
        case .hybi08: "8"
        case .rfc6455: "13"
        }
    }

    /// The dialect with the given `Sec-WebSocket-Version`; nil if there is no such dialect.
    init?(version: String) {
        let dialect = Self.allCases.first { $0.version?.hasSameBytes(as: version) == true }
        guard let dialect else { return nil }
        self = dialect
    }
}
