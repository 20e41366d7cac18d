public import GustHTTP
import HTTPTypes

/// Registering what answers `DELETE`.
extension RouteRegistering {
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
}
