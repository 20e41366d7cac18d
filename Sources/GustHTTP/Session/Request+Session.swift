/// The session of a request.
extension Request {
    /// The session of the browser, put there by the middleware `Sessions`: a new, empty one if it brought none.
    ///
    /// - Throws: ``SessionError/noMiddleware`` if the middleware isn't in front of the route.
    public var session: Session {
        get throws(SessionError) {
            guard let session = storage[SessionKey.self] else { throw .noMiddleware }
            return session
        }
    }
}

/// Where a request keeps its session.
package enum SessionKey: RequestStorageKey {
    package typealias Value = Session
}
