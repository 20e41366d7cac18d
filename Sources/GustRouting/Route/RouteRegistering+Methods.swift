public import GustHTTP
import HTTPTypes

/// The methods that most routes answer, as functions: each is ``on(_:pattern:name:file:line:_:)`` with its method.
extension RouteRegistering {
    /// Answers `GET` and `HEAD` by a handler.
    public mutating func get(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.get, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `GET` and `HEAD` by a closure, in place, without a task.
    public mutating func get<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        on(.get, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `GET` and `HEAD` by an async closure.
    public mutating func get<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        on(.get, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `GET` and `HEAD` by an async closure that takes decoded captures.
    public mutating func get<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        on(.get, pattern: pattern, name: name, file: file, line: line, body)
    }

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

    /// Answers `POST` by a closure, in place, without a task.
    public mutating func post<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        on(.post, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `POST` by an async closure.
    public mutating func post<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        on(.post, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `POST` by an async closure that takes decoded captures.
    public mutating func post<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        on(.post, pattern: pattern, name: name, file: file, line: line, body)
    }

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

    /// Answers `PUT` by a closure, in place, without a task.
    public mutating func put<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        on(.put, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `PUT` by an async closure.
    public mutating func put<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        on(.put, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `PUT` by an async closure that takes decoded captures.
    public mutating func put<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        on(.put, pattern: pattern, name: name, file: file, line: line, body)
    }

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

    /// Answers `PATCH` by a closure, in place, without a task.
    public mutating func patch<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        on(.patch, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `PATCH` by an async closure.
    public mutating func patch<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        on(.patch, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `PATCH` by an async closure that takes decoded captures.
    public mutating func patch<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        on(.patch, pattern: pattern, name: name, file: file, line: line, body)
    }

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

    /// Answers `DELETE` by a closure, in place, without a task.
    public mutating func delete<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        on(.delete, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `DELETE` by an async closure.
    public mutating func delete<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        on(.delete, pattern: pattern, name: name, file: file, line: line, body)
    }

    /// Answers `DELETE` by an async closure that takes decoded captures.
    public mutating func delete<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        on(.delete, pattern: pattern, name: name, file: file, line: line, body)
    }
}
