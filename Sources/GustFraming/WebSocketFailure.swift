package import GustHTTP

/// A failure of the connection, usually the peer's violation of the protocol, with the code for the close frame.
package struct WebSocketFailure: Error {
    package let code: WebSocketCloseCode
    package init(_ code: WebSocketCloseCode) { self.code = code }
}
