public import GustHTTP
import HTTPTypes

/// Registering what answers `PUT`.
extension RouteRegistering {
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
}
