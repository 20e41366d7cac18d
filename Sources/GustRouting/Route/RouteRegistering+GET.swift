public import GustHTTP
import HTTPTypes

/// Registration of routes for `GET`.
extension RouteRegistering {
    /// Answers `GET` requests with a handler.
    public mutating func get(
        _ pattern: String,
        name: String? = nil,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        on(.get, pattern: pattern, name: name, use: handler, file: file, line: line)
    }

    /// Answers `GET` requests with a synchronous closure, which runs on the event loop and must not block.
    public mutating func get<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) throws -> Output
    ) {
        get(pattern, name: name, use: ImmediateHandler(body), file: file, line: line)
    }

    /// Answers `GET` requests with an async closure.
    public mutating func get<Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        get(pattern, name: name, use: SuspendingHandler(body), file: file, line: line)
    }

    /// Answers `GET` requests with a synchronous closure that takes decoded captures, and must not block.
    public mutating func get<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) throws -> Output
    ) {
        addTyped(.get, pattern, name, file, line, body)
    }

    /// Answers `GET` requests with an async closure that takes decoded captures.
    public mutating func get<First: Decodable & Sendable, each Rest: Decodable & Sendable, Output: ResponseConvertible>(
        _ pattern: String,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, First, repeat each Rest) async throws -> Output
    ) {
        addTypedAsync(.get, pattern, name, file, line, body)
    }
}
