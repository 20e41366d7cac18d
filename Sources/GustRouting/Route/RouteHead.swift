import GustHTTP
import HTTPTypes

/// What the functions that register a route have in common: everything except the handler.
struct RouteHead {
    /// The methods; nil stands for every method.
    let methods: [HTTPRequest.Method]?
    let pattern: String
    let name: String?
    /// The middleware around this route only, the outermost first.
    let middleware: [any Middleware]
    let source: SourceLocation

    /// An empty list of methods stands for every method.
    init(
        _ methods: [HTTPRequest.Method],
        _ pattern: String,
        _ name: String?,
        _ middleware: [any Middleware],
        _ file: String,
        _ line: UInt
    ) {
        self.methods = methods.isEmpty ? nil : methods
        self.pattern = pattern
        self.name = name
        self.middleware = middleware
        source = SourceLocation(file: file, line: line)
    }

    /// The route with a handler.
    func route(_ handler: any Handler) -> Route {
        var route = Route(pattern, methods: methods, name: name, handler: handler)
        route.source = source
        route.ownMiddleware = middleware
        return route
    }

    /// The route with a handler that `make` makes of decoded captures.
    func route<each Capture: Decodable & Sendable>(
        _ make: @escaping @Sendable (repeat each Capture) -> any Handler
    ) -> Route {
        var route = TypedRoute.make(pattern, methods, name, source, make)
        route.ownMiddleware = middleware
        return route
    }
}

extension RouteRegistering {
    mutating func add(_ head: RouteHead, _ handler: any Handler) { add(head.route(handler)) }

    mutating func addImmediate<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ head: RouteHead,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        add(
            head.route { (capture: repeat each Capture) -> any Handler in
                ImmediateHandler { request in try body(request, repeat each capture) }
            }
        )
    }

    mutating func addSuspending<Output: ResponseConvertible>(
        _ head: RouteHead,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        // Without a pack of captures the closure is called without a reabstraction, which would be an async frame more for each request.
        add(head, SuspendingHandler(body))
    }

    mutating func addSuspending<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ head: RouteHead,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        add(
            head.route { (capture: repeat each Capture) -> any Handler in
                SuspendingHandler { request in try await body(request, repeat each capture) }
            }
        )
    }
}
