import GustHTTP

/// A rule that the peer broke, as the code that it is told.
struct WebSocketFailure: Error {
    let code: WebSocketCloseCode
    init(_ code: WebSocketCloseCode) { self.code = code }
}
