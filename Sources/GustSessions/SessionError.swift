/// The reason why an operation on a session failed.
public enum SessionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All keys and values together would exceed the limit.
    case tooLarge
    /// The route of the request isn't inside of the middleware `Sessions`.
    case noMiddleware
    /// The session is bound to a Socket.IO connection, whose id it has, and can't get another id.
    case boundToConnection
    /// The request has already been answered, so the browser can't receive a cookie with a new id.
    case noAnswer
    /// The session was renewed or destroyed by another request, or its store doesn't contain it any more.
    case ended

    /// The problem and its remedy.
    public var description: String {
        switch self {
        case .tooLarge: "the session's values exceed the size limit"
        case .noMiddleware: "the request has no session: use the middleware Sessions for its route"
        case .boundToConnection: "the session is bound to a Socket.IO connection and can't get another id"
        case .noAnswer: "a session can't be renewed after the response, which sets the cookie with the new id"
        case .ended: "the session has ended: it was renewed or destroyed, or it has expired"
        }
    }
}
