/// What a client's connection is doing.
public enum ClientState: Sendable, Equatable, CustomStringConvertible {
    /// No socket of the client wants to be connected.
    case idle
    /// The client opens a connection; the number counts the attempts since the last connection, from 1.
    case connecting(attempt: Int)
    /// The connection is open over the transport of this name; `polling` may be followed by `websocket`.
    case connected(transport: String)
    /// The client waits before its next attempt, because of an error.
    case waiting(attempt: Int, delay: Duration, ClientError)
    /// The client gave up, or was closed by the program.
    case closed(ClientError)

    /// What the connection is doing, in a few words.
    public var description: String {
        switch self {
        case .idle: "idle"
        case .connecting(let attempt): "connecting (attempt \(attempt))"
        case .connected(let transport): "connected over \(transport)"
        case .waiting(let attempt, let delay, let error): "waiting \(delay) before attempt \(attempt): \(error)"
        case .closed(let error): "closed: \(error)"
        }
    }

    /// Whether both are the same state with the same bytes.
    public static func == (left: ClientState, right: ClientState) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }
}
