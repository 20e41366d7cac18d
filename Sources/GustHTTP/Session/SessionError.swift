/// What a session doesn't do.
public enum SessionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// All its values together would be longer than allowed.
    case tooLarge
    /// The request came through no `Sessions` middleware.
    case noMiddleware
    /// The session stands for one Socket.IO connection and is called as that is: it gets no other id.
    case boundToConnection
    /// No request is being answered that could tell the browser of a new id.
    case noAnswer
    /// The session was renewed or destroyed elsewhere, or its store doesn't know it any more: it takes no values.
    case ended

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .tooLarge: "the session's values are too long together"
        case .noMiddleware: "the request has no session: put the middleware Sessions in front of its route"
        case .boundToConnection: "the session is bound to a Socket.IO connection and can't get another id"
        case .noAnswer: "a session is renewed in the handler of an HTTP request, whose answer sets the cookie"
        case .ended: "the session has ended: it was renewed or destroyed, or its time is over"
        }
    }
}
