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
    /// Answers requests of these methods by `handler`.
    public mutating func on(
        _ methods: HTTPRequest.Method...,
        pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        var route = Route(pattern, methods: methods, name: name, handler: handler)
        route.source = SourceLocation(file: file, line: line)
        add(route)
    }

    // MARK: GET

    /// Answers `GET` by a handler.
    public mutating func get(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.get, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `GET` by a closure, in place.
    public mutating func get<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        get(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `GET` by an async closure.
    public mutating func get<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        get(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `GET` by a closure that takes decoded captures, in place.
    public mutating func get<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.get, pattern, name, file, line, body)
    }

    /// Answers `GET` by an async closure that takes decoded captures.
    public mutating func get<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.get, pattern, name, file, line, body)
    }

    // MARK: POST

    /// Answers `POST` by a handler.
    public mutating func post(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.post, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `POST` by a closure, in place.
    public mutating func post<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        post(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `POST` by an async closure.
    public mutating func post<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        post(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `POST` by a closure that takes decoded captures, in place.
    public mutating func post<
        First: Decodable & Sendable,
        each Rest: Decodable & Sendable,
        Output: ResponseConvertible
    >(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.post, pattern, name, file, line, body)
    }

    /// Answers `POST` by an async closure that takes decoded captures.
    public mutating func post<
        First: Decodable & Sendable,
        each Rest: Decodable & Sendable,
        Output: ResponseConvertible
    >(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.post, pattern, name, file, line, body)
    }

    // MARK: PUT

    /// Answers `PUT` by a handler.
    public mutating func put(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.put, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `PUT` by a closure, in place.
    public mutating func put<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        put(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `PUT` by an async closure.
    public mutating func put<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        put(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `PUT` by a closure that takes decoded captures, in place.
    public mutating func put<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.put, pattern, name, file, line, body)
    }

    /// Answers `PUT` by an async closure that takes decoded captures.
    public mutating func put<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.put, pattern, name, file, line, body)
    }

    // MARK: PATCH

    /// Answers `PATCH` by a handler.
    public mutating func patch(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.patch, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `PATCH` by a closure, in place.
    public mutating func patch<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        patch(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `PATCH` by an async closure.
    public mutating func patch<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        patch(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `PATCH` by a closure that takes decoded captures, in place.
    public mutating func patch<
        First: Decodable & Sendable,
        each Rest: Decodable & Sendable,
        Output: ResponseConvertible
    >(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.patch, pattern, name, file, line, body)
    }

    /// Answers `PATCH` by an async closure that takes decoded captures.
    public mutating func patch<
        First: Decodable & Sendable,
        each Rest: Decodable & Sendable,
        Output: ResponseConvertible
    >(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.patch, pattern, name, file, line, body)
    }

    // MARK: DELETE

    /// Answers `DELETE` by a handler.
    public mutating func delete(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.delete, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `DELETE` by a closure, in place.
    public mutating func delete<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        delete(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `DELETE` by an async closure.
    public mutating func delete<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        delete(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `DELETE` by a closure that takes decoded captures, in place.
    public mutating func delete<
        First: Decodable & Sendable,
        each Rest: Decodable & Sendable,
        Output: ResponseConvertible
    >(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.delete, pattern, name, file, line, body)
    }

    /// Answers `DELETE` by an async closure that takes decoded captures.
    public mutating func delete<
        First: Decodable & Sendable,
        each Rest: Decodable & Sendable,
        Output: ResponseConvertible
    >(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.delete, pattern, name, file, line, body)
    }

    private mutating func addTyped<each Value: Decodable & Sendable, Output: ResponseConvertible>(
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

    private mutating func addTypedAsync<each Value: Decodable & Sendable, Output: ResponseConvertible>(
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
