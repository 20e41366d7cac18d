public import GustHTTP
import HTTPTypes
public import Logging
import NIOCore

/// Answers errors with pages of your own.
///
/// ```swift
/// let pages = ErrorPages(app.logger) { error, _ in
///     try templates.render("error", ["code": error.status.code, "message": error.message])
/// }
/// app.use(pages)
/// ```
///
/// Asked for what is thrown behind it, 404 and 405 of the routes included, and for answers of 400 and above that have no
/// body. What isn't an ``HTTPError`` is logged, and comes as 500 with nothing of its text. The page has the error's status
/// and fields (`Allow`, `Retry-After`) whatever the closure says, but the type of the page, and its own fields beside them. Refusals of Socket.IO
/// endpoints stay as their clients understand them.
///
/// Behind it errors are answers: middleware in front, such as ``SecureHeaders`` and ``Compress``, treats them like any
/// other. If the closure throws, that is logged, and the visitor reads the error's message as plain text.
public struct ErrorPages: Middleware {
    private let logger: Logger
    private let page: @Sendable (HTTPError, Request) throws -> Response

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - logger: where failures go that visitors aren't told of.
    ///   - page: what to answer; called on the connection's loop, so it must not block.
    public init<Page: ResponseConvertible>(
        _ logger: Logger,
        _ page: @escaping @Sendable (HTTPError, Request) throws -> Page
    ) {
        self.logger = logger
        self.page = { error, request in try page(error, request).response(for: request) }
    }

    /// Answers with what is behind it, or with the page for its error.
    public func respond(to request: Request, next: any Handler) async throws -> Response {
        do {
            return covering(try await next.respond(to: request), request)
        } catch {
            return answer(to: error, request)
        }
    }

    /// The same at once.
    public func respondInPlace(to request: Request, next: any Handler) throws -> Response? {
        do {
            return try next.respondInPlace(to: request).map { covering($0, request) }
        } catch {
            return answer(to: error, request)
        }
    }

    private func covering(_ response: Response, _ request: Request) -> Response {
        guard response.status.code >= 400, case .bytes(let bytes) = response.body, bytes.readableBytes == 0 else {
            return response
        }
        return answer(to: HTTPError(response.status, headers: response.headers), request)
    }

    private func answer(to error: any Error, _ request: Request) -> Response {
        guard let error = error as? HTTPError else {
            log("a handler failed", error, request)
            return answer(to: HTTPError(.internalServerError), request)
        }
        do {
            var response = try page(error, request)
            response.status = error.status
            for name in Set(error.headers.map(\.name)) where name != .contentType {
                response.headers[fields: name] = error.headers[fields: name]
            }
            return response
        } catch {
            log("an error page failed", error, request)
        }
        return error.response
    }

    private func log(_ what: Logger.Message, _ error: any Error, _ request: Request) {
        logger.error(
            what,
            metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"]
        )
    }
}
