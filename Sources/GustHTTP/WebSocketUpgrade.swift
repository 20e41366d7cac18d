/// The upgrade of a connection to WebSocket, as the body of a ``Response``.
public struct WebSocketUpgrade: Sendable {
    /// The subprotocol, which must be among those that the client offered; nil for none.
    ///
    /// If the client hasn't offered the subprotocol, the request is answered with 400.
    public var subprotocol: String?
    /// The maximum length of a message in bytes, after reassembly and decompression; a longer message closes with 1009.
    public var maximumMessageSize: Int
    /// The maximum number of fragments of a message, including empty fragments; more fragments close with 1008.
    ///
    /// Each 64 bytes of payload allow one fragment more.
    public var maximumFragments: Int
    /// Whether permessage-deflate (RFC 7692) is accepted when the client offers it.
    ///
    /// The default is `false`, because compression costs CPU time. Both ends compress each message separately (no context
    /// takeover), so an idle connection needs no memory for compression. Messages shorter than 1,024 bytes aren't compressed.
    public var allowsDeflate: Bool
    /// The URL that the client used, according to a trusted proxy; nil means the URL of the request.
    ///
    /// Clients of hixie-75 and hixie-76 compare it with the URL that they connected to.
    package var location: String?
    /// Makes the receiver of the WebSocket; called once, on the loop of the connection, after the handshake.
    public var open: @Sendable (any WebSocket) -> any WebSocketReceiver

    /// Makes an upgrade; the default limits are 1 MiB and 1,024 fragments.
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
