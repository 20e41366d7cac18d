public import GustHTTP
public import HTTPTypes

/// Answers errors by their type, and responses by their status.
///
/// ```swift
/// var errors = ErrorHandlers()
/// errors.on(OutOfStock.self) { error, _ in JSON(["missing": error.item]).with(.conflict) }
/// errors.on(.notFound) { _, request in HTML("<h1>Nothing at \(request.path)</h1>") }
/// app.use(errors)
/// ```
/// For a part of the application, pass the value to `group(_:through:register:)`. The handlers of an inner group come first.
public struct ErrorHandlers: Middleware {
    private typealias ErrorHandler = @Sendable (any Error, Request) throws -> Response?

    private var byType: [ErrorHandler] = []
    private var byStatus: [Int: @Sendable (Response, Request) throws -> Response] = [:]

    /// Makes a middleware without handlers.
    public init() {}

    /// Answers errors of a type, or of types that conform to it.
    ///
    /// Of several handlers that fit, the first is called. The error isn't logged any more.
    /// - Parameters:
    ///   - type: The type of the errors.
    ///   - handler: Makes the response; it is called on the loop of the connection and must not block. An error that it throws is
    ///     answered instead.
    public mutating func on<Failure: Error, Output: ResponseConvertible>(
        _ type: Failure.Type,
        _ handler: @escaping @Sendable (Failure, Request) throws -> Output
    ) {
        byType.append { error, request in
            guard let error = error as? Failure else { return nil }
            return try handler(error, request).response(for: request)
        }
    }

    /// Answers responses of a status, whether a handler or the router has made them.
    ///
    /// The response that the handler returns replaces the one that it gets. If its status is 200, the status stays. Fields such as `Allow`
    /// and `Retry-After` are kept; the content and its fields are those of the new response. Of several handlers for a status, the last
    /// is used. A response that a handler for its error has made isn't passed on.
    /// - Parameters:
    ///   - status: The status.
    ///   - handler: Makes the response; it is called on the loop of the connection and must not block.
    public mutating func on<Output: ResponseConvertible>(
        _ status: HTTPResponse.Status,
        _ handler: @escaping @Sendable (Response, Request) throws -> Output
    ) {
        byStatus[status.code] = { response, request in try handler(response, request).response(for: request) }
    }

    /// Answers with the answer of `next`, or with the response of the handler for it.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        next.answer(request).edited(with: (self, request)) { response, context in
            try context.0.handle(&response, context.1)
        }
    }

    private func handle(_ response: inout Response, _ request: Request) throws {
        if let error = response.error {
            for handler in byType {
                guard var replacement = try handler(error, request) else { continue }
                if replacement.status == .ok, let error = error as? HTTPError { replacement.status = error.status }
                response = Self.keeping(response.headers, replacement)
                return
            }
        }
        guard let handler = byStatus[response.status.code] else { return }
        var replacement = try handler(response, request)
        if replacement.status == .ok { replacement.status = response.status }
        let error = response.error
        response = Self.keeping(response.headers, replacement)
        // An unexpected error is still logged.
        response.error = error
    }

    /// A response with the fields of the one before that don't describe its content.
    private static func keeping(_ headers: HTTPFields, _ replacement: Response) -> Response {
        var replacement = replacement
        let dropped: [HTTPField.Name] = [
            .contentType, .contentLength, .contentEncoding, .contentLanguage, .eTag, .lastModified,
            .xContentTypeOptions,
        ]
        for field in headers where !dropped.contains(field.name) {
            if field.name == .setCookie || !replacement.headers.contains(field.name) {
                replacement.headers.append(field)
            }
        }
        return replacement
    }
}
