import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import Logging
import NIOCore

/// Answers unexpected errors, and the router's 404 and 405, with what a developer wants to know.
struct DevelopmentErrors: Middleware {
    private static let html = "text/html"
    private static let problem = "application/problem+json"
    private static let json = "application/json"
    private static let text = "text/plain"

    private let audience: Development.Audience
    private let logger: Logger

    init(_ audience: Development.Audience, _ logger: Logger) {
        self.audience = audience
        self.logger = logger
    }

    func answer(_ request: Request, next: any Handler) -> Answer {
        guard audience.includes(request) else { return next.answer(request) }
        return next.answer(request).edited(with: (self, request)) { response, context in
            context.0.explain(&response, context.1)
        }
    }

    private func explain(_ response: inout Response, _ request: Request) {
        if let error = response.unexpectedError {
            logger.error(
                "a handler failed",
                metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"]
            )
            show(ErrorReport(error, response.status, request), in: &response, request)
        } else if isRefusal(response, request) {
            show(ErrorReport(nil, response.status, request), in: &response, request)
        }
    }

    /// Whether the router has found no route for the request; an error of a handler, such as 404 for a missing record, is none.
    private func isRefusal(_ response: Response, _ request: Request) -> Bool {
        guard response.matchedRoute == nil else { return false }
        if response.status == .notFound { return response.error is HTTPError }
        guard response.status == .methodNotAllowed, response.error == nil, case .bytes(let bytes) = response.body else {
            return false
        }
        return bytes.readableBytes == 0
    }

    /// Puts the report into the response, whose status and other fields stay.
    private func show(_ report: ErrorReport, in response: inout Response, _ request: Request) {
        // The error is shown and logged: no middleware replaces this answer by a page of its own.
        response.error = nil
        response.headers[.contentLength] = nil
        response.headers[.contentEncoding] = nil
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers.addVary("Accept")
        // A client that accepts anything is a program: browsers name HTML.
        switch request.preferredType(among: [Self.text, Self.html, Self.problem, Self.json]) {
        case Self.html?:
            response.headers[.contentType] = "text/html; charset=utf-8"
            response.headers[.contentSecurityPolicy] = ErrorReportPage.contentSecurityPolicy
            response.body = .bytes(ByteBuffer(string: ErrorReportPage(report).html))
        case Self.problem?, Self.json?:
            do {
                response.body = try JSON(report).response(for: request).body
                response.headers[.contentType] = Self.problem
            } catch {
                logger.error("the report of an error can't be written", metadata: ["error": "\(error)"])
            }
        default:
            response.headers[.contentType] = "text/plain; charset=utf-8"
            response.body = .bytes(ByteBuffer(string: report.text))
        }
    }
}
