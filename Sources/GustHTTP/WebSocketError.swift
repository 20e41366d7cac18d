/// The reason why a message couldn't be sent in the peer's dialect, which closes the WebSocket.
public enum WebSocketError: Error, Sendable, Hashable {
    /// A binary message was sent to a peer without binary messages (hixie-75, hixie-76); see ``WebSocket/carriesBinary``.
    case binaryUnsupported
    /// A text message contained the byte `FF`, which isn't UTF-8 and would end the frame (hixie-75, hixie-76).
    case invalidText
}
