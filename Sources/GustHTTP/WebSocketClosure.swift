/// How a WebSocket connection ended.
public struct WebSocketClosure: Sendable, Equatable {
    /// The code of the peer's close frame; nil if no close frame was received or if it was empty.
    public var code: WebSocketCloseCode?
    /// The reason of the peer's close frame, at most 123 bytes.
    public var reason: String
    /// Whether the closing handshake was completed, whichever end began it.
    public var isClean: Bool
    /// The reason why a message couldn't be sent, if the connection ended because of that; nil otherwise.
    public var error: WebSocketError?

    /// Makes a closure.
    package init(
        code: WebSocketCloseCode? = nil,
        reason: String = "",
        isClean: Bool,
        error: WebSocketError? = nil
    ) {
        self.code = code
        self.reason = reason
        self.isClean = isClean
        self.error = error
    }
}

/// Comparison by bytes, because the reason is text of the peer.
extension WebSocketClosure {
    /// Whether all parts are equal; the reason is compared by bytes.
    public static func == (left: WebSocketClosure, right: WebSocketClosure) -> Bool {
        left.code == right.code && left.reason.hasSameBytes(as: right.reason) && left.isClean == right.isClean
            && left.error == right.error
    }
}
