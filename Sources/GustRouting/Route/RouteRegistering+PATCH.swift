public import GustHTTP
import HTTPTypes

/// Registration of routes for `PATCH`.
extension RouteRegistering {
    /// Answers `PATCH` requests with a handler.
    public mutating func patch(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.patch, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `PATCH` requests with a synchronous closure, which runs on the event loop and must not block.
    public mutating func patch<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        patch(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `PATCH` requests with an async closure.
    public mutating func patch<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        patch(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `PATCH` requests with a synchronous closure that takes decoded captures, and must not block.
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

    /// Answers `PATCH` requests with an async closure that takes decoded captures.
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
}
