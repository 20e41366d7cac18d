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
    public func answer(_ request: Request, next: any Handler) -> Answer {
        next.answer(request).edited(with: (self, request)) { response, context in
            context.0.cover(&response, context.1)
        }
    }

    private func cover(_ response: inout Response, _ request: Request) {
        if let error = response.error as? HTTPError {
            show(error, in: &response, request)
        } else if let error = response.error, !(error is any ResponseConvertible) {
            if response.unexpectedError != nil { log("a handler failed", error, request) }
            show(HTTPError(.internalServerError), in: &response, request)
        } else if response.status.code >= 400, case .bytes(let bytes) = response.body, bytes.readableBytes == 0 {
            show(HTTPError(response.status), in: &response, request)
        }
    }

    /// Puts the page into the response: status and fields stay, but those that describe the body.
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
