public import GustHTTP
import HTTPTypes

/// Sends the durations that handlers measure in the field `Server-Timing`, which the developer tools of browsers show.
///
/// ```swift
/// app.use(ServerTiming { $0.clientAddress == "127.0.0.1" })
/// app.get("/report") { request in
///     let rows = try request.timing.measure("db") { try rows() }
///     return request.timing.measure("page") { page(of: rows) }
/// }
/// ```
///
/// The last duration is `total`, from this middleware until the response begins; a stream lasts longer. Durations tell strangers about the
/// inside of an application, such as whether a user exists, so the closure decides who gets them; for other requests
/// nothing is measured. Responses to upgrades don't have the field. Source: Server Timing (W3C).
public struct ServerTiming: Middleware {
    private static let name = HTTPField.Name("Server-Timing")

    private let isShown: @Sendable (Request) -> Bool

    /// Makes the middleware.
    ///
    /// - Parameter isShown: Whether the durations are measured and sent; called for each request on the loop of the connection. `{ _ in
    ///   true }` is for development.
    public init(for isShown: @escaping @Sendable (Request) -> Bool) {
        self.isShown = isShown
    }

    /// Answers with the answer of `next`, and adds the field.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard isShown(request) else { return next.answer(request) }
        let timing = RequestTiming(request.eventLoop)
        var request = request
        request.storage[RequestTiming.Key.self] = timing
        return next.answer(request).edited(with: timing) { response, timing in
            guard let name = Self.name else { return }
            if case .upgrade = response.body { return }
            response.headers.add(HTTPField(name: name, value: timing.text))
        }
    }
}
