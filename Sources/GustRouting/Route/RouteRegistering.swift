public import GustHTTP
public import HTTPTypes

/// Where routes are registered: an application, a group, a mount.
///
/// A handler is a closure, synchronous (answers in place, costs no task, must not block) or async, that takes the request
/// and perhaps its captures, decoded: by position over all groups in order, or one `Decodable` struct by name. Captures
/// that don't convert let the next route try. It returns anything that is ``ResponseConvertible``.
///
/// ```swift
/// app.get("/hello/:name") { (request, name: String) in "Hello, \(name)" }
/// app.get(#"/users/(?P<id>\d+)"#) { request in "user \(request.captures["id"] ?? "")" }
/// ```
public protocol RouteRegistering {
    /// Adds a route at the end.
    mutating func add(_ route: Route)
}

extension RouteRegistering {
    /// Answers requests of these methods by `handler`; `GET` includes `HEAD`.
    ///
    /// - Parameters:
    ///   - methods: the methods, also such as HTTP doesn't know; none at all is every method.
    ///   - pattern: the path pattern; see ``Pattern``.
    ///   - name: a name to build URLs by.
    ///   - handler: what answers.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
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

    /// Adds a route whose closure takes decoded captures, in place.
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

    /// Adds a route whose async closure takes decoded captures.
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
