import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import Testing

/// The choice of a media type and a language (RFC 9110 §12).
@Suite struct NegotiationTests {
    private static let json = "application/json"
    private static let html = "text/html"
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

    @Test(
        arguments: [
            (nil, [json, html], json), ("", [json, html], json), ("*/*", [json, html], json),
            (browser, [json, html], html),
            ("text/html;q=0.5, application/json;q=0.4", [json, html], html), ("TEXT/HTML", [json, html], html),
            ("text/*, application/json;q=0.9", [json, html], html), ("*/*;q=0.1, text/html;q=0", [html, json], json),
            ("text/*;q=0.5, text/html;q=0.1, text/plain;q=0.3", [html, "text/plain", "text/css"], "text/css"),
            ("application/json;v=2", [json, "application/json;v=2"], "application/json;v=2"),
            ("application/json;v=3", [json], nil), ("image/png", [json, html], nil),
            ("application/json;q=0", [json], nil),
            ("application/json;q=nan", [json], nil), ("application/json;q=2", [json], json), (",;,", [json], json),
            ("text/html\u{301}", [html], nil), ("text/html ; q=0.5 , application/json ; q=0.7", [html, json], json),
        ] as [(String?, [String], String?)]
    )
    func `the type with the highest weight is chosen`(accept: String?, types: [String], chosen: String?) throws {
        var headers: HTTPFields = [:]
        headers[.accept] = accept
        #expect(try Exchange().request("/", headers).preferredType(among: types) == chosen)
    }

    @Test(
        arguments: [
            (nil, ["en", "de"], nil), ("de", ["en", "de"], "de"), ("de-CH, en;q=0.5", ["en", "de"], "de"),
            ("en", ["en-GB", "de"], "en-GB"), ("fr", ["en", "de"], nil), ("*", ["en", "de"], "en"),
            ("EN-us", ["en"], "en"),
            ("de;q=0.5, de-AT;q=0.9", ["de", "de-AT"], "de-AT"), ("en-x", ["e"], nil), ("de, en;q=0", ["en"], nil),
        ] as [(String?, [String], String?)]
    )
    func `the language with the highest weight is chosen`(accept: String?, tags: [String], chosen: String?) throws {
        var headers: HTTPFields = [:]
        headers[.acceptLanguage] = accept
        #expect(try Exchange().request("/", headers).preferredLanguage(among: tags) == chosen)
    }

    @Test func `a field that is too long counts as absent`() throws {
        let headers: HTTPFields = [.accept: "text/html," + String(repeating: "a/b,", count: 2_000)]
        #expect(try Exchange().request("/", headers).preferredType(among: [Self.json, Self.html]) == Self.json)
    }

    private func router() throws -> Router {
        var routes = Routes()
        routes.get("/") { _ in
            Negotiated([Self.json: { JSON(["a"]) }, Self.html: { HTML("<p>a</p>") }])
        }
        return try routes.build()
    }

    @Test(arguments: [
        (browser, 200, "<p>a</p>"), ("application/json", 200, #"["a"]"#), ("*/*", 200, #"["a"]"#),
        ("image/png", 406, "the types of this resource are application/json, text/html"),
    ])
    func `the content of the chosen type is sent`(accept: String, status: Int, text: String) async throws {
        let exchange = Exchange()
        let answer = try await exchange.answer(exchange.request("/", [.accept: accept]), from: router())
        #expect(answer.status.code == status)
        #expect(answer.text == text)
        #expect(answer.headers[.vary] == "Accept")
    }
}
