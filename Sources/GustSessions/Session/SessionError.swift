/// The reason why an operation on a session failed.
public enum SessionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All keys and values together would exceed the limit.
    case tooLarge
    /// The route of the request isn't inside of the middleware `Sessions`.
    case noMiddleware
    /// The session is bound to a Socket.IO connection, whose id it has, and can't get another id.
    case boundToConnection
    /// The request has already been answered, so the browser can't receive a cookie with a new id, or with the values.
    case noAnswer
    /// The session was renewed or destroyed by another request, or its store doesn't contain it any more.
    case ended
    /// Other processes have changed the session so often that it couldn't be saved.
    case contended
    /// Nobody has signed in.
    case noUser
    /// The session is in a cookie, so the server can't end it on other devices.
    case notStored

    /// The problem and its remedy.
    public var description: String {
        switch self {
        case .tooLarge: "the session's values exceed the size limit"
        case .noMiddleware: "the request has no session: use the middleware Sessions for its route"
        case .boundToConnection: "the session is bound to a Socket.IO connection and can't get another id"
        case .noAnswer: "a session can't be renewed, nor saved in a cookie, after the response, which sets the cookie"
        case .ended: "the session has ended: it was renewed or destroyed, or it has expired"
        case .contended: "the session couldn't be saved, because other processes changed it again and again"
        case .noUser: "nobody has signed in to the session"
        case .notStored:
            "a session in a cookie can't be ended on other devices: use the middleware Sessions with a store"
        }
    }
}
