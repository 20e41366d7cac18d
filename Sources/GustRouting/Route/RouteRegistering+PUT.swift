public import GustHTTP
import HTTPTypes

/// Registration of routes for `PUT`.
extension RouteRegistering {
    /// Answers `PUT` requests with a handler.
    public mutating func put(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.put, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `PUT` requests with a synchronous closure, which runs on the event loop and must not block.
    public mutating func put<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        put(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `PUT` requests with an async closure.
    public mutating func put<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        put(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `PUT` requests with a synchronous closure that takes decoded captures, and must not block.
    public mutating func put<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.put, pattern, name, file, line, body)
    }

    /// Answers `PUT` requests with an async closure that takes decoded captures.
    public mutating func put<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.put, pattern, name, file, line, body)
    }
}
