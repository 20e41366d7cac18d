/// Why something asked of a socket can't be had.
public enum SocketError: Error, Sendable, Hashable {
    /// The client is gone.
    case disconnected
    /// The client did not acknowledge in time.
    case timedOut
    /// More acknowledgements are outstanding than ``SocketIOSettings/maximumAcknowledgements`` allows.
    case tooManyAcknowledgements
    /// A loop has so much to do for others that no more is taken; nothing was sent.
    case overloaded
    /// The client's generation has no acknowledgements (0.6).
    case notSupported
}
