package import GustHTTP

/// Middleware that restricts the Socket.IO endpoints behind it to some transports.
///
/// A transport is offered only if the settings of the endpoint allow it too.
package struct EnabledTransports: Middleware {
    private let names: Set<String>  // bytes: our own names

    /// Allows only the transports with these names.
    package init(_ names: Set<String>) {
        self.names = names
    }

    /// The names of the allowed transports; nil if the request passed no such middleware.
    static func names(for request: Request) -> Set<String>? { request.stored(Key.self) }

    /// Passes the request on with the names of the allowed transports.
    package func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = names
        return next.answer(request)
    }

    private enum Key: RequestStorageKey { typealias Value = Set<String> }
}
