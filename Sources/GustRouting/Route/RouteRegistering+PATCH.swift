public import GustHTTP
import HTTPTypes

/// Registering what answers `PATCH`.
extension RouteRegistering {
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
}
