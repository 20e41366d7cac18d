import GustHTTP

/// A version of the WebSocket protocol, as browsers spoke them from 2009 on.
///
/// All have the same API. What the first two lack is visible only in ``WebSocket/carriesBinary`` and in pings, which they
/// don't have: a ping to them is not sent.
public enum WebSocketDialect: String, Sendable, Hashable, CaseIterable {
    /// draft-hixie-thewebsocketprotocol-75: Chrome 4–5, Safari 5.0.0.
    ///
    /// Has no closing handshake, so its connections never end clean.
    case hixie75 = "hixie-75"
    /// draft-hixie-thewebsocketprotocol-76, also called hybi-00: Chrome 6–13, Safari 5.0.1–5.1, and web-socket-js, the Flash
    /// replacement that the `flashsocket` transport runs on.
    case hixie76 = "hixie-76"
    /// draft-ietf-hybi-thewebsocketprotocol-07: Firefox 6.
    case hybi07 = "hybi-07"
    /// draft-ietf-hybi-thewebsocketprotocol-08 to -12, which are the same on the wire: Chrome 14–15, Firefox 7–10.
    case hybi08 = "hybi-08"
    /// RFC 6455, what every browser speaks since 2012.
    case rfc6455 = "RFC 6455"

    /// The number in `Sec-WebSocket-Version`; nil for the drafts that didn't have that field.
    var version: String? {
        switch self {
        case .hixie75, .hixie76: nil
        case .hybi07: "7"
        case .hybi08: "8"
        case .rfc6455: "13"
        }
    }

    /// The dialect with that `Sec-WebSocket-Version`.
    init?(version: String) {
        let dialect = Self.allCases.first { $0.version?.hasSameBytes(as: version) == true }
        guard let dialect else { return nil }
        self = dialect
    }
}
