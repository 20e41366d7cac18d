/// The result of the middleware `CSRF` for a request that it accepts.
extension Request {
    private enum CrossSiteKey: RequestStorageKey { typealias Value = HTTPError }

    /// The error for a `GET` or `HEAD` request that another site made the browser send; nil for other requests.
    ///
    /// `CSRF` accepts such requests, because they usually change nothing. A handler whose `GET` requests have effects must
    /// answer with this error; the polls of a Socket.IO endpoint, for example, consume packets. Without the middleware the
    /// value is nil.
    package var crossSiteRefusal: HTTPError? {
        get { stored(CrossSiteKey.self) }
        set { storage[CrossSiteKey.self] = newValue }
    }
}
