public import GustHTTP
import HTTPTypes

/// Registration of routes for `DELETE`.
extension RouteRegistering {
    /// Answers `DELETE` requests with a handler.
    public mutating func delete(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.delete, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `DELETE` requests with a synchronous closure, which runs on the event loop and must not block.
    public mutating func delete<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        delete(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `DELETE` requests with an async closure.
    public mutating func delete<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        delete(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `DELETE` requests with a synchronous closure that takes decoded captures, and must not block.
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

    /// Answers `DELETE` requests with an async closure that takes decoded captures.
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
}
