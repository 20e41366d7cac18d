/// Why a session doesn't take a value.
public enum SessionError: Error, Sendable, Hashable {
    /// All its values together would be longer than ``SocketIOSettings/maximumSessionSize``.
    case tooLarge
}
