public import GustHTTP

/// The session of a request.
extension Request {
    /// The session of the browser, set by the middleware ``Sessions`` or ``CookieSessions``; a new, empty session if the request had none.
    ///
    /// - Throws: ``SessionError/noMiddleware`` if the route is inside of neither middleware.
    public var session: Session {
        get throws(SessionError) {
            guard let session = storage[SessionKey.self] else { throw .noMiddleware }
            return session
        }
    }
}

/// The key of the session in the storage of a request.
package enum SessionKey: RequestStorageKey {
    package typealias Value = Session

    /// The beginning of the keys that the library uses in a session.
    static let reservedPrefix = "gust."
}
