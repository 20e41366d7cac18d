public import GustHTTP
import HTTPTypes

/// The methods that most routes answer, as functions: each is ``on(_:pattern:name:through:file:line:_:)`` with its method.
extension RouteRegistering {
    /// Answers `GET` and `HEAD` by a handler.
    public mutating func get(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        add(RouteHead([.get], pattern, name, middleware, file, line), handler)
    }

    /// Answers `GET` and `HEAD` by a closure, in place, without a task.
    public mutating func get<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        addImmediate(RouteHead([.get], pattern, name, middleware, file, line), body)
    }

    /// Answers `GET` and `HEAD` by an async closure.
    public mutating func get<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        addSuspending(RouteHead([.get], pattern, name, middleware, file, line), body)
    }

    /// Answers `GET` and `HEAD` by an async closure that takes decoded captures.
    public mutating func get<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        addSuspending(RouteHead([.get], pattern, name, middleware, file, line), body)
    }

    /// Answers `POST` by a handler.
    public mutating func post(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        add(RouteHead([.post], pattern, name, middleware, file, line), handler)
    }

    /// Answers `POST` by a closure, in place, without a task.
    public mutating func post<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        addImmediate(RouteHead([.post], pattern, name, middleware, file, line), body)
    }

    /// Answers `POST` by an async closure.
    public mutating func post<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        addSuspending(RouteHead([.post], pattern, name, middleware, file, line), body)
    }

    /// Answers `POST` by an async closure that takes decoded captures.
    public mutating func post<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        addSuspending(RouteHead([.post], pattern, name, middleware, file, line), body)
    }

    /// Answers `PUT` by a handler.
    public mutating func put(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        add(RouteHead([.put], pattern, name, middleware, file, line), handler)
    }

    /// Answers `PUT` by a closure, in place, without a task.
    public mutating func put<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        addImmediate(RouteHead([.put], pattern, name, middleware, file, line), body)
    }

    /// Answers `PUT` by an async closure.
    public mutating func put<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        addSuspending(RouteHead([.put], pattern, name, middleware, file, line), body)
    }

    /// Answers `PUT` by an async closure that takes decoded captures.
    public mutating func put<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        addSuspending(RouteHead([.put], pattern, name, middleware, file, line), body)
    }

    /// Answers `PATCH` by a handler.
    public mutating func patch(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        add(RouteHead([.patch], pattern, name, middleware, file, line), handler)
    }

    /// Answers `PATCH` by a closure, in place, without a task.
    public mutating func patch<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        addImmediate(RouteHead([.patch], pattern, name, middleware, file, line), body)
    }

    /// Answers `PATCH` by an async closure.
    public mutating func patch<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        addSuspending(RouteHead([.patch], pattern, name, middleware, file, line), body)
    }

    /// Answers `PATCH` by an async closure that takes decoded captures.
    public mutating func patch<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        addSuspending(RouteHead([.patch], pattern, name, middleware, file, line), body)
    }

    /// Answers `DELETE` by a handler.
    public mutating func delete(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        add(RouteHead([.delete], pattern, name, middleware, file, line), handler)
    }

    /// Answers `DELETE` by a closure, in place, without a task.
    public mutating func delete<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        addImmediate(RouteHead([.delete], pattern, name, middleware, file, line), body)
    }

    /// Answers `DELETE` by an async closure.
    public mutating func delete<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        addSuspending(RouteHead([.delete], pattern, name, middleware, file, line), body)
    }

    /// Answers `DELETE` by an async closure that takes decoded captures.
    public mutating func delete<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        addSuspending(RouteHead([.delete], pattern, name, middleware, file, line), body)
    }
}
