import GustHTTP
import GustWeb
import HTTPTypes
import InMemoryLogging
import Logging
import NIOCore
import Testing

/// Errors are answered with the application's pages.
@Suite struct ErrorPagesTests {
    private struct Failure: Error {}

    /// A handler that calls `body`, either immediately or in a task.
    private struct Page: Handler {
        var waits = false
        let body: @Sendable () throws -> Response
        func answer(_ request: Request) -> Answer {
            let body = body
            return waits ? .pending { try body() } : Answer(catching: body)
        }
    }

    private let pages = ErrorPages(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { error, request in
        HTML("<h1>\(error.status.code) \(error.message) at \(request.path)</h1>")
    }

    private func ask(
        _ middleware: ErrorPages,
        waits: Bool = false,
        _ body: @escaping @Sendable () throws -> Response
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        let handler = middleware.wrapping(Page(waits: waits, body: body))
        return try await exchange.answer(try exchange.request("/x"), from: handler)
    }

    @Test(arguments: [false, true]) func `a thrown error is answered with its page and its status`(
        waits: Bool
    ) async throws {
        let answer = try await ask(pages, waits: waits) { throw HTTPError(.notFound, "no such tea") }
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text == "<h1>404 no such tea at /x</h1>")
    }

    @Test func `a problem document of an inner group stays a problem document`() async throws {
        let exchange = Exchange()
        let failing = Page { throw HTTPError(.notFound, "no such tea") }
        let handler = pages.wrapping(ProblemDocuments().wrapping(failing))
        let answer = try await exchange.answer(try exchange.request("/x"), from: handler)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.text.contains("no such tea"))
    }

    @Test func `the error's fields are kept, including repeated fields`() async throws {
        let answer = try await ask(pages) {
            var error = HTTPError(.unauthorized, headers: [.wwwAuthenticate: "Basic"])
            error.headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer"))
            throw error
        }
        #expect(answer.headers[values: .wwwAuthenticate] == ["Basic", "Bearer"])
    }

    @Test(arguments: [false, true]) func `any other error becomes 500 without its text`(waits: Bool) async throws {
        let answer = try await ask(pages, waits: waits) { throw Failure() }
        #expect(answer.status == .internalServerError)
        #expect(answer.text == "<h1>500 Internal Server Error at /x</h1>")
    }

    @Test func `a refusal without a body gets a page, a refusal with a body is kept`() async throws {
        let empty = try await ask(pages) { Response(status: .methodNotAllowed, headers: [.allow: "GET"]) }
        #expect(empty.text == "<h1>405 Method Not Allowed at /x</h1>")
        #expect(empty.headers[.allow] == "GET")
        let full = try await ask(pages) { Response("mine", status: .conflict) }
        #expect(full.text == "mine")
    }

    @Test func `the response has the content type of the page`() async throws {
        let answer = try await ask(pages) { Response(status: .notFound, headers: [.contentType: "text/plain"]) }
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test func `a response that isn't an error isn't changed`() async throws {
        let answer = try await ask(pages) { Response(status: .noContent) }
        #expect(answer.status == .noContent)
        #expect(answer.text == "")
    }

    @Test func `if the page fails, the error's text is sent`() async throws {
        let broken = ErrorPages(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { _, _ -> String in
            throw Failure()
        }
        let answer = try await ask(broken) { throw HTTPError(.gone, "drunk") }
        #expect(answer.status == .gone)
        #expect(answer.text == "drunk")
    }

    @Test func `errors whose text isn't sent are logged`() async throws {
        let lines = InMemoryLogHandler()
        let logger = Logger(label: "test") { _ in lines }
        _ = try await ask(ErrorPages(logger) { _, _ in "sorry" }) { throw Failure() }
        _ = try await ask(ErrorPages(logger) { _, _ -> String in throw Failure() }) { throw HTTPError(.gone) }
        _ = try await ask(ErrorPages(logger) { _, _ in "sorry" }) { throw HTTPError(.gone) }
        #expect(lines.entries.map { "\($0.message)" } == ["a handler failed", "an error page failed"])
        #expect(lines.entries.first?.metadata["path"] == "/x")
    }
}
