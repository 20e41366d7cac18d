public import GustHTTP
public import HTTPTypes

/// A type with which routes are registered: an application, a group or a mount.
///
/// A handler can be a closure that takes the request and, if it has more parameters, decoded captures. A synchronous
/// closure runs on the event loop, costs no task and must not block; an async closure runs in a task. Captures are
/// decoded by position over all groups in order, or by name into one `Decodable` struct. If the captures can't be
/// decoded, the next route is tried. The closure returns any type that is ``ResponseConvertible``.
///
/// ```swift
/// app.get("/hello/:name") { (request, name: String) in "Hello, \(name)" }
/// app.get(#"/users/(?P<id>\d+)"#) { request in "user \(request.captures["id"] ?? "")" }
/// ```
public protocol RouteRegistering {
    /// Appends a route.
    mutating func add(_ route: Route)
}

extension RouteRegistering {
    /// Answers requests of these methods with `handler`; `GET` includes `HEAD`.
    ///
    /// - Parameters:
    ///   - methods: the methods, which may be methods that HTTP doesn't define; an empty list stands for every method.
    ///   - pattern: the path pattern; see ``Pattern``.
    ///   - name: the name by which ``Router/url(for:_:)`` finds the route.
    ///   - handler: the handler that answers.
    ///   - file: the file that error messages name.
    ///   - line: the line that error messages name.
    public mutating func on(
        _ methods: HTTPRequest.Method...,
        pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        let methods = methods.isEmpty ? nil : methods
        add(Route(pattern, methods: methods, name: name, handler: handler, file: file, line: line))
    }

    /// Adds a route with a synchronous closure that takes decoded captures.
    mutating func addTyped<each Value: Decodable & Sendable, Output: ResponseConvertible>(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ name: String?,
        _ file: String,
        _ line: UInt,
        _ body: @escaping @Sendable (Request, repeat each Value) throws -> Output
    ) {
        add(
            TypedRoute.make(pattern, [method], name, SourceLocation(file: file, line: line)) {
                (value: repeat each Value) -> any Handler in
                ImmediateHandler { request in try body(request, repeat each value) }
            }
        )
    }

    /// Adds a route with an async closure that takes decoded captures.
    mutating func addTypedAsync<each Value: Decodable & Sendable, Output: ResponseConvertible>(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ name: String?,
        _ file: String,
        _ line: UInt,
        _ body: @escaping @Sendable (Request, repeat each Value) async throws -> Output
    ) {
        add(
            TypedRoute.make(pattern, [method], name, SourceLocation(file: file, line: line)) {
                (value: repeat each Value) -> any Handler in
                SuspendingHandler { request in try await body(request, repeat each value) }
            }
        )
    }
}
