import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustWeb

/// The language of a request.
@Suite struct LanguageChoiceTests {
    private func ask(
        _ target: String = "/",
        _ headers: HTTPFields = [:],
        _ choice: LanguageChoice = LanguageChoice(["en", "de", "pt-BR"], cookie: "language", query: "lang"),
        _ body: @escaping @Sendable (Request) -> Response = { Response($0.language ?? "none") }
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        let request = try exchange.request(target, headers)
        return try await exchange.answer(request, from: choice.wrapping(ImmediateHandler(body)))
    }

    @Test(arguments: [
        ("/", nil, nil, "en"), ("/", "de, en;q=0.8", nil, "de"), ("/", "fr, pt;q=0.5", nil, "pt-BR"),
        ("/", "de-CH", nil, "de"), ("/", "fr", nil, "en"), ("/", "de;q=0", nil, "en"),
        ("/", "de", "language=pt-br", "pt-BR"), ("/", "de", "language=fr", "de"), ("/", "de", "language=", "de"),
        ("/?lang=EN", "de", "language=pt-BR", "en"), ("/?lang=xx", "de", "language=pt-BR", "pt-BR"),
        ("/?lang=../../etc/passwd", "fr", nil, "en"),
    ])
    func `the query precedes the cookie, the cookie the header, and the first language is the default`(
        target: String,
        accepted: String?,
        cookie: String?,
        expected: String
    ) async throws {
        var headers: HTTPFields = [:]
        headers[.acceptLanguage] = accepted
        headers[.cookie] = cookie
        let answer = try await ask(target, headers)
        #expect(answer.text == expected)
        #expect(answer.headers[.contentLanguage] == expected)
        #expect(answer.headers[.vary] == "Accept-Language, Cookie")
    }

    @Test func `query and cookie are read only if they have names`() async throws {
        let answer = try await ask("/?lang=de", [.cookie: "language=de"], LanguageChoice(["en", "de"]))
        #expect(answer.text == "en")
        #expect(answer.headers[.vary] == "Accept-Language")
    }

    @Test func `a response that doesn't depend on the language gets no fields`() async throws {
        let answer = try await ask("/", [.acceptLanguage: "de"]) { _ in Response("picture") }
        #expect(answer.headers[.vary] == nil)
        #expect(answer.headers[.contentLanguage] == nil)
    }

    @Test func `the handler's own fields are kept`() async throws {
        let answer = try await ask("/", [.acceptLanguage: "de"]) { request in
            var response = Response(request.language ?? "")
            response.headers[.contentLanguage] = "de-DE"
            response.headers[.vary] = "Accept"
            return response
        }
        #expect(answer.headers[.contentLanguage] == "de-DE")
        #expect(answer.headers[.vary] == "Accept, Accept-Language, Cookie")
    }

    @Test func `without languages, and without the middleware, there is none`() async throws {
        #expect(try await ask("/", [:], LanguageChoice([])).text == "none")
        #expect(try Exchange().request("/").language == nil)
    }
}
