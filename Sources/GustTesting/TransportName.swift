/// How a test client is carried.
public enum TransportName: String, Sendable, CaseIterable {
    /// Polls only.
    case polling
    /// A WebSocket from the start.
    case webSocket = "websocket"
    /// Polls first, then a WebSocket by probe and upgrade.
    case upgrade

}
