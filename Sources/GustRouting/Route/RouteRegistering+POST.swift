public import GustHTTP
import HTTPTypes

/// Registration of routes for `POST`.
extension RouteRegistering {
    /// Answers `POST` requests with a handler.
    public mutating func post(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.post, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `POST` requests with a synchronous closure, which runs on the event loop and must not block.
    public mutating func post<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        post(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `POST` requests with an async closure.
    public mutating func post<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        post(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `POST` requests with a synchronous closure that takes decoded captures, and must not block.
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

    /// Answers `POST` requests with an async closure that takes decoded captures.
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
}
