import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import Testing

/// Handlers of errors by type and by status, and problem documents.
@Suite struct ErrorHandlersTests {
    private struct OutOfStock: Error { let item: String }
    private struct Secret: Error {}

    private func routes(_ middleware: any Middleware, group: (any Middleware)? = nil) throws -> Router {
        var routes = Routes()
        routes.use(middleware)
        routes.get("/stock") { _ -> String in throw OutOfStock(item: "tea") }
        routes.get("/async") { (_: Request) async throws -> String in throw OutOfStock(item: "tea") }
        routes.get("/secret") { _ -> String in throw Secret() }
        routes.get("/teapot") { _ -> String in throw HTTPError(.conflict, "no", headers: [.retryAfter: "5"]) }
        routes.get("/fine") { _ in "fine" }
        routes.get("/problem") { _ -> String in
            throw Problem(
                .conflict,
                type: "/p",
                title: "T",
                detail: "D",
                instance: "/i",
                members: ["n": 1, "title": "x"]
            )
        }
        if let group {
            routes.group("/in", through: group) { inner in
                inner.get("/stock") { _ -> String in throw OutOfStock(item: "milk") }
            }
        }
        return try routes.build()
    }

    private func ask(_ target: String, _ router: Router, _ headers: HTTPFields = [:]) async throws -> Exchange.Answer {
        let exchange = Exchange()
        return try await exchange.answer(exchange.request(target, headers), from: router)
    }

    private var handlers: ErrorHandlers {
        var handlers = ErrorHandlers()
        handlers.on(OutOfStock.self) { error, _ in JSON(["missing": error.item]).with(.conflict) }
        handlers.on(.notFound) { _, request in HTML("<h1>Nothing at \(request.path)</h1>") }
        handlers.on(.internalServerError) { _, _ in "sorry" }
        return handlers
    }

    @Test(arguments: [
        ("/stock", 409, #"{"missing":"tea"}"#), ("/async", 409, #"{"missing":"tea"}"#),
        ("/nowhere", 404, "<h1>Nothing at /nowhere</h1>"), ("/secret", 500, "sorry"), ("/fine", 200, "fine"),
        ("/teapot", 409, "no"),
    ])
    func `an error is handled by its type, else by its status`(target: String, status: Int, text: String) async throws {
        let answer = try await ask(target, routes(handlers))
        #expect(answer.status.code == status)
        #expect(answer.text == text)
    }

    @Test func `the handlers of a group come first`() async throws {
        var inner = ErrorHandlers()
        inner.on(OutOfStock.self) { error, _ in "inner \(error.item)" }
        let router = try routes(handlers, group: inner)
        #expect(try await ask("/in/stock", router).text == "inner milk")
        #expect(try await ask("/in/nowhere", router).text == "<h1>Nothing at /in/nowhere</h1>")
    }

    @Test func `the fields of an error stay, without those of its content`() async throws {
        var handlers = ErrorHandlers()
        handlers.on(HTTPError.self) { error, _ in HTML("<p>\(error.message)</p>") }
        let answer = try await ask("/teapot", routes(handlers))
        #expect(answer.status == .conflict)
        #expect(answer.headers[.retryAfter] == "5")
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.headers[values: .contentType].count == 1)
        #expect(answer.text == "<p>no</p>")
    }

    @Test func `an error of a handler is answered instead`() async throws {
        var handlers = ErrorHandlers()
        handlers.on(OutOfStock.self) { _, _ -> String in throw HTTPError(.gone, "for ever") }
        let answer = try await ask("/stock", routes(handlers))
        #expect(answer.status == .gone)
        #expect(answer.text == "for ever")
    }

    @Test func `an unexpected error that only a status handler covers is still logged`() async throws {
        let router = try routes(handlers)
        let response = try await router.answer(Exchange().request("/secret")).response()
        #expect(response.error is Secret)
        let handled = try await router.answer(Exchange().request("/stock")).response()
        #expect(handled.error == nil)
    }

    // MARK: Problem documents

    private func document(_ code: Int, _ title: String, _ detail: String? = nil) -> String {
        let detail = detail.map { #""detail":"\#($0)","# } ?? ""
        return #"{\#(detail)"status":\#(code),"title":"\#(title)","type":"about:blank"}"#
    }

    @Test func `errors become problem documents`() async throws {
        let router = try routes(ProblemDocuments())
        for (target, code, text) in [
            ("/teapot", 409, document(409, "Conflict", "no")), ("/nowhere", 404, document(404, "Not Found")),
            ("/secret", 500, document(500, "Internal Server Error")),
        ] {
            let answer = try await ask(target, router)
            #expect(answer.status.code == code)
            #expect(answer.text == text)
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.headers[.vary] == "Accept")
        }
        #expect(try await ask("/teapot", router).headers[.retryAfter] == "5")
        #expect(try await ask("/fine", router).text == "fine")
    }

    @Test func `405 becomes a problem document with Allow`() async throws {
        let exchange = Exchange()
        let request = try exchange.request("/fine", method: .post)
        let answer = try await exchange.answer(request, from: routes(ProblemDocuments()))
        #expect(answer.text == document(405, "Method Not Allowed"))
        #expect(answer.headers[.allow] == "GET, HEAD, OPTIONS")
    }

    @Test func `a browser gets the error as it was`() async throws {
        let answer = try await ask("/teapot", routes(ProblemDocuments()), [.accept: "text/html,*/*;q=0.8"])
        #expect(answer.text == "no")
        #expect(answer.headers[.vary] == "Accept")
    }

    @Test func `a problem has its members, without those of the standard`() async throws {
        let answer = try await ask("/problem", routes(ProblemDocuments()))
        #expect(answer.status == .conflict)
        #expect(answer.text == #"{"detail":"D","instance":"/i","n":1,"status":409,"title":"T","type":"/p"}"#)
    }
}
