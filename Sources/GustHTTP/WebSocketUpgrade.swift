/// How a connection goes on as a WebSocket, as the body of a ``Response``.
public struct WebSocketUpgrade: Sendable {
    /// The subprotocol chosen among those the client offered; nil chooses none.
    public var subprotocol: String?
    /// The longest message accepted, in bytes, after reassembly; a longer one closes with 1009.
    public var maximumMessageSize: Int
    /// The most fragments a message may have, empty ones included, beside one for each 64 bytes; more close with 1008.
    public var maximumFragments: Int
    /// Whether permessage-deflate (RFC 7692) is accepted when the client offers it.
    ///
    /// Off unless said otherwise, because it costs time. Both ends compress each message by itself (no context takeover),
    /// so an idle connection costs no memory; messages below 1,024 bytes are sent as they are.
    public var allowsDeflate: Bool
    /// The URL that the client used, as a trusted proxy in front tells it; nil takes it from the request.
    ///
    /// Clients of hixie-75 and hixie-76 compare it with theirs.
    package var location: String?
    /// Makes the receiver of the socket's events; called once, on the connection's loop, after the handshake.
    public var open: @Sendable (any WebSocket) -> any WebSocketReceiver

    /// Describes an upgrade; the limits are 1 MiB and 1,024 fragments.
    public init(
        subprotocol: String? = nil,
        maximumMessageSize: Int = 1 << 20,
        maximumFragments: Int = 1_024,
        allowsDeflate: Bool = false,
        open: @escaping @Sendable (any WebSocket) -> any WebSocketReceiver
    ) {
        self.subprotocol = subprotocol
        self.maximumMessageSize = maximumMessageSize
        self.maximumFragments = maximumFragments
        self.allowsDeflate = allowsDeflate
        self.open = open
    }
}
