/// Why this end broke a WebSocket off: something was sent that its peer's dialect has no words for.
public enum WebSocketError: Error, Sendable, Hashable {
    /// A binary message was sent to a peer that only knows text (hixie-75, hixie-76); see ``WebSocket/carriesBinary``.
    case binaryUnsupported
    /// A text message wasn't UTF-8, and the peer would have read its end in the middle of it (hixie-75, hixie-76).
    case invalidText
}
