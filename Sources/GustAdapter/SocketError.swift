/// The reason why an operation on a socket failed.
public enum SocketError: Error, Sendable, Hashable {
    /// The socket is disconnected.
    case disconnected
    /// The client did not acknowledge the event in time.
    case timedOut
    /// More acknowledgements are outstanding than `SocketIOSettings.maximumAcknowledgements` allows.
    case tooManyAcknowledgements
    /// The queue of work that other threads have posted to a loop is full; nothing was sent.
    case overloaded
    /// The client's revision has no acknowledgements (0.6).
    case notSupported
}
