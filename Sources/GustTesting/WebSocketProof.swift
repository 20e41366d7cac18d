/// The key of every opening handshake, and the value of `Sec-WebSocket-Accept` for it: the example of RFC 6455 §1.3.
enum WebSocketProof {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let answer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
}
