import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// The responses that pages of other origins may read.
@Suite struct CORSTests {
    private struct Page: Handler {
        var error: HTTPError?
        var headers: HTTPFields = [:]
        func answer(_ request: Request) -> Answer {
            if let error { return .failed(error) }
            return .ready(Response(headers: headers))
        }
    }

    private func ask(
        _ middleware: CORS,
        _ headers: HTTPFields,
        method: HTTPRequest.Method = .get,
        of page: Page = Page()
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        let request = try exchange.request("/", headers, method: method)
        return try await exchange.answer(request, from: middleware.wrapping(page))
    }

    @Test func `for any origin, a star is sent and credentials aren't allowed`() async throws {
        let answer = try await ask(CORS(), [.origin: "https://a.example"])
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        #expect(answer.headers[.vary] == nil)
    }

    @Test func `with credentials, the request's origin is sent, and Vary has Origin`() async throws {
        let answer = try await ask(CORS(allowsCredentials: true), [.origin: "https://a.example"])
        #expect(answer.headers[.accessControlAllowOrigin] == "https://a.example")
        #expect(answer.headers[.accessControlAllowCredentials] == "true")
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test func `an origin that isn't listed gets the response without the fields`() async throws {
        let listed = CORS(.list(["https://a.example"]))
        let refused = try await ask(listed, [.origin: "https://b.example"])
        #expect(refused.status == .ok)
        #expect(refused.headers[.accessControlAllowOrigin] == nil)
        #expect(refused.headers[.vary] == "Origin")
        let allowed = try await ask(listed, [.origin: "https://a.example"])
        #expect(allowed.headers[.accessControlAllowOrigin] == "https://a.example")
    }

    @Test(arguments: [("https://a.example", "https://a.example"), ("https://a.example.evil", nil)])
    func `a closure decides whether an origin is allowed`(origin: String, allowed: String?) async throws {
        let answer = try await ask(CORS(.matching { $0.hasSuffix(".example") }), [.origin: origin])
        #expect(answer.headers[.accessControlAllowOrigin] == allowed)
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test func `a preflight request doesn't reach the handler`() async throws {
        let middleware = CORS(maximumAge: .seconds(600))
        let page = Page(error: HTTPError(.internalServerError))
        let answer = try await ask(
            middleware,
            [
                .origin: "https://a.example", .accessControlRequestMethod: "PUT",
                .accessControlRequestHeaders: "x-token",
            ],
            method: .options,
            of: page
        )
        #expect(answer.status == .noContent)
        #expect(answer.headers[.accessControlAllowMethods] == "GET,HEAD,PUT,PATCH,POST,DELETE")
        #expect(answer.headers[.accessControlAllowHeaders] == "x-token")
        #expect(answer.headers[.accessControlMaxAge] == "600")
    }

    @Test func `a response to an error that a handler throws has the fields too`() async throws {
        let answer = try await ask(CORS(), [.origin: "https://a.example"], of: Page(error: HTTPError(.notFound)))
        #expect(answer.status == .notFound)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
    }

    @Test func `fields that a handler sets itself are kept`() async throws {
        let page = Page(headers: [.accessControlAllowOrigin: "https://a.example"])
        let answer = try await ask(CORS(), [.origin: "https://a.example"], of: page)
        #expect(answer.headers[values: .accessControlAllowOrigin] == ["https://a.example"])
    }

    @Test func `security fields are added, and those that a handler sets are kept`() async throws {
        let exchange = Exchange()
        let page = Page(headers: [.contentSecurityPolicy: "default-src 'none'"])
        let middleware = SecureHeaders(
            contentSecurityPolicy: "default-src 'self'",
            strictTransportSecurity: .seconds(60)
        )
        let answer = try await exchange.answer(exchange.request("/"), from: middleware.wrapping(page))
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.contentSecurityPolicy] == "default-src 'none'")
        #expect(answer.headers[.strictTransportSecurity] == "max-age=60")
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, [(HTTPField.Name.origin, "https://a.example"), (.accessControlRequestMethod, "PUT")]),
        (.options, [(.accessControlRequestMethod, "PUT")]),
        (.options, [(.origin, "https://a.example")]),
    ])
    func `a request that isn't a preflight request reaches the handler`(
        method: HTTPRequest.Method,
        fields: [(HTTPField.Name, String)]
    ) async throws {
        var headers = HTTPFields()
        for (name, value) in fields { headers[name] = value }
        #expect(try await ask(CORS(), headers, method: method).status == .ok)
    }

    private func preflight(_ middleware: CORS) async throws -> HTTPFields {
        let headers: HTTPFields = [
            .origin: "https://a.example", .accessControlRequestMethod: "PUT", .accessControlRequestHeaders: "x-token",
        ]
        return try await ask(middleware, headers, method: .options).headers
    }

    @Test func `a preflight request from an origin that isn't allowed gets no fields`() async throws {
        let headers = try await preflight(CORS(.list(["https://b.example"])))
        #expect(headers == [.vary: "Origin"])
    }

    @Test func `a preflight request gets the configured fields, or those it names, with Vary`()
        async throws
    {
        let fixed = try await preflight(CORS(methods: ["PUT"], headers: ["x-a", "x-b"]))
        #expect(fixed[.accessControlAllowMethods] == "PUT")
        #expect(fixed[.accessControlAllowHeaders] == "x-a,x-b")
        #expect(fixed[.vary] == nil)
        #expect(fixed[.accessControlMaxAge] == nil)
        let asked = try await preflight(CORS(allowsCredentials: true))
        #expect(asked[.accessControlAllowHeaders] == "x-token")
        #expect(asked[.vary] == "Origin, Access-Control-Request-Headers")
    }

    @Test(arguments: [[], ["x-total", "x-page"]])
    func `a page of an allowed origin may read the exposed fields`(names: [String]) async throws {
        let middleware = CORS(.list(["https://a.example"]), exposedHeaders: names)
        let answer = try await ask(middleware, [.origin: "https://a.example"])
        #expect(answer.headers[.accessControlExposeHeaders] == (names.isEmpty ? nil : "x-total,x-page"))
        #expect(answer.headers[.accessControlAllowCredentials] == nil)
        #expect(try await ask(middleware, [.origin: "https://b.example"]).headers[.accessControlExposeHeaders] == nil)
    }
}
