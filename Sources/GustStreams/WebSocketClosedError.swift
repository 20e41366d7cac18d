public import GustHTTP

/// The error of a WebSocket that has ended without a closing handshake, for example because the client is gone.
public struct WebSocketClosedError: Error {
    /// How the connection ended.
    public let closure: WebSocketClosure
}
