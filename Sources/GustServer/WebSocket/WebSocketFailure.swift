import GustHTTP

/// A failure of the connection, usually the peer's violation of the protocol, with the code for the close frame.
struct WebSocketFailure: Error {
    let code: WebSocketCloseCode
    init(_ code: WebSocketCloseCode) { self.code = code }
}
