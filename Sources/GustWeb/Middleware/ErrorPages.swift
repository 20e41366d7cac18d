public import GustHTTP
import HTTPTypes
public import Logging
import NIOCore

/// Answers errors with pages that the application renders.
///
/// ```swift
/// let pages = ErrorPages(app.logger) { error, _ in
///     try templates.render("error", ["code": error.status.code, "message": error.message])
/// }
/// app.use(pages)
/// ```
///
/// The closure is called for errors from `next`, including 404 and 405 of the routes, and for responses with a status
/// of at least 400 and no body. An error that isn't an `HTTPError` is logged, and the closure gets a 500 error
/// without its text. A problem document, such as ``ProblemDocuments`` of an inner group makes, stays unchanged. The response has the status and fields of the error (`Allow`, `Retry-After`), whatever the closure
/// returns; the content type and the other fields are those of the page. Refusals of Socket.IO endpoints stay
/// unchanged, because their clients parse them.
///
/// Middleware in front, such as ``SecureHeaders`` and `Compress`, treats the pages like any other response. If the
/// closure throws, its error is logged, and the message of the original error is sent as plain text.
public struct ErrorPages: Middleware {
    private let logger: Logger
    private let page: @Sendable (HTTPError, Request) throws -> Response

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - logger: the logger for errors whose text visitors don't see.
    ///   - page: makes the page; it is called on the connection's loop and must not block.
    public init<Page: ResponseConvertible>(
        _ logger: Logger,
        _ page: @escaping @Sendable (HTTPError, Request) throws -> Page
    ) {
        self.logger = logger
        self.page = { error, request in try page(error, request).response(for: request) }
    }

    /// Answers with the answer of `next`, or with the page for its error.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        next.answer(request).edited(with: (self, request)) { response, context in
            context.0.cover(&response, context.1)
        }
    }

    private func cover(_ response: inout Response, _ request: Request) {
        // Middleware inside, such as ProblemDocuments, has answered for programs.
        if response.headers[.contentType]?.hasBytePrefix("application/problem+json") == true { return }
        if let error = response.error as? HTTPError {
            show(error, in: &response, request)
        } else if let error = response.error, !(error is any ResponseConvertible) {
            if response.unexpectedError != nil { log("a handler failed", error, request) }
            show(HTTPError(.internalServerError), in: &response, request)
        } else if response.status.code >= 400, case .bytes(let bytes) = response.body, bytes.readableBytes == 0 {
            show(HTTPError(response.status), in: &response, request)
        }
    }

    /// Puts the page into the response, and keeps the status and the fields that don't describe the body.
    private func show(_ error: HTTPError, in response: inout Response, _ request: Request) {
        response.error = nil
        do {
            let page = try page(error, request)
            response.body = page.body
            for name in [HTTPField.Name.contentType, .contentEncoding, .contentLength] { response.headers[name] = nil }
            for field in page.headers where field.name == .setCookie || !error.headers.contains(field.name) {
                if field.name != .setCookie { response.headers[field.name] = nil }
            }
            for field in page.headers where field.name == .setCookie || !error.headers.contains(field.name) {
                response.headers.append(field)
            }
        } catch {
            log("an error page failed", error, request)
        }
    }

    private func log(_ what: Logger.Message, _ error: any Error, _ request: Request) {
        logger.error(
            what,
            metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"]
        )
    }
}
