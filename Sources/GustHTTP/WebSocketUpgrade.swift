/// The upgrade of a connection to WebSocket, as the body of a ``Response``.
public struct WebSocketUpgrade: Sendable {
    /// The subprotocol, which must be among those that the client offered; nil for none.
    ///
    /// If the client hasn't offered the subprotocol, the request is answered with 400.
    package var subprotocol: String?
    /// The maximum length of a message in bytes, after reassembly and decompression; a longer message closes with 1009.
    package var maximumMessageSize: Int
    /// The maximum number of fragments of a message, including empty fragments; more fragments close with 1008.
    ///
    /// Each 64 bytes of payload allow one fragment more.
    package var maximumFragments: Int
    /// How messages are compressed if the client offers permessage-deflate (RFC 7692); nil declines the offer.
    package var deflate: WebSocketDeflate?
    /// The URL that the client used, according to a trusted proxy; nil means the URL of the request.
    ///
    /// Clients of hixie-75 and hixie-76 compare it with the URL that they connected to.
    package var location: String?
    /// The takeover of the connection in place of a WebSocket; nil for a WebSocket.
    ///
    /// Only a server on a network can take a connection over: a test client in memory gets a WebSocket that closes.
    package var takeover: ConnectionTakeover?
    /// Makes the receiver of the WebSocket; called once, on the loop of the connection, after the handshake.
    package var open: @Sendable (any WebSocketConnection) -> any WebSocketReceiver

    /// Makes an upgrade; the closure `open` sets the closures that are called with messages.
    ///
    /// ```swift
    /// Response(status: .switchingProtocols, body: .upgrade(WebSocketUpgrade { webSocket, events in
    ///     events.onText = { webSocket.send(text: $0) }
    /// }))
    /// ```
    /// - Parameters:
    ///   - subprotocol: the subprotocol, which must be among those that the client offered; nil for none. If the client
    ///     hasn't offered the subprotocol, the request is answered with 400.
    ///   - maximumMessageSize: the maximum length of a message in bytes, after reassembly and decompression; a longer message
    ///     closes with 1009.
    ///   - maximumFragments: the maximum number of fragments of a message, including empty fragments; more fragments close with
    ///     1008. Each 64 bytes of payload allow one fragment more.
    ///   - deflate: how messages are compressed if the client offers permessage-deflate (RFC 7692); nil declines the offer.
    ///     Compression costs CPU time.
    ///   - open: called once, on the loop of the connection, after the handshake.
    public init(
        subprotocol: String? = nil,
        maximumMessageSize: Int = 1 << 20,
        maximumFragments: Int = 1_024,
        deflate: WebSocketDeflate? = nil,
        open: @escaping @Sendable (any WebSocket, WebSocketEvents) -> Void
    ) {
        self.init(
            subprotocol: subprotocol,
            maximumMessageSize: maximumMessageSize,
            maximumFragments: maximumFragments,
            deflate: deflate
        ) { (webSocket: any WebSocketConnection) -> any WebSocketReceiver in
            let events = WebSocketEvents()
            open(webSocket, events)
            return events
        }
    }

    /// Makes an upgrade for a receiver; the default limits are 1 MiB and 1,024 fragments.
    package init(
        subprotocol: String? = nil,
        maximumMessageSize: Int = 1 << 20,
        maximumFragments: Int = 1_024,
        deflate: WebSocketDeflate? = nil,
        open: @escaping @Sendable (any WebSocketConnection) -> any WebSocketReceiver
    ) {
        self.subprotocol = subprotocol
        self.maximumMessageSize = maximumMessageSize
        self.maximumFragments = maximumFragments
        self.deflate = deflate
        self.open = open
    }

    /// Makes an upgrade that hands the connection over to `takeover`.
    package init(_ takeover: ConnectionTakeover) {
        self.init { (webSocket: any WebSocketConnection) -> any WebSocketReceiver in
            webSocket.abort()
            return WebSocketEvents()
        }
        self.takeover = takeover
    }
}
