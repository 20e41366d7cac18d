/// The ends of a WebSocket: their frames differ in the mask (RFC 6455 §5.1).
package enum WebSocketRole: Sendable {
    /// Reads masked frames, and writes frames without a mask.
    case server
    /// Reads frames without a mask, and writes masked frames.
    case client
}
