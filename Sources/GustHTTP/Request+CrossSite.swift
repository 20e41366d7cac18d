/// What the middleware `CSRF` found out about a request that it lets pass.
extension Request {
    private enum CrossSiteKey: RequestStorageKey { typealias Value = HTTPError }

    /// The refusal of a `GET` or `HEAD` request that another site made the client's browser send.
    ///
    /// Such requests pass, because what they ask for is usually harmless. A handler for which none is harmless, such as a Socket.IO
    /// endpoint, whose polls take what is meant for the visitor, answers with this error. nil without the middleware.
    package var crossSiteRefusal: HTTPError? {
        get { storage[CrossSiteKey.self] }
        set { storage[CrossSiteKey.self] = newValue }
    }
}
