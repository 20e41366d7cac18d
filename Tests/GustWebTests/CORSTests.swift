import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// What pages of other origins may read.
@Suite struct CORSTests {
    private struct Page: Handler {
        var error: HTTPError?
        var headers: HTTPFields = [:]
        func respond(to request: Request) async throws -> Response {
            if let error { throw error }
            return Response(headers: headers)
        }
        func respondInPlace(to request: Request) throws -> Response? {
            if let error { throw error }
            return Response(headers: headers)
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

    @Test func `any origin is a star, without cookies`() async throws {
        let answer = try await ask(CORS(), [.origin: "https://a.example"])
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        #expect(answer.headers[.vary] == nil)
    }

    @Test func `with cookies it is the origin itself, and caches are told`() async throws {
        let answer = try await ask(CORS(allowsCredentials: true), [.origin: "https://a.example"])
        #expect(answer.headers[.accessControlAllowOrigin] == "https://a.example")
        #expect(answer.headers[.accessControlAllowCredentials] == "true")
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test func `an origin that isn't listed gets the answer without the fields`() async throws {
        let listed = CORS(.list(["https://a.example"]))
        let refused = try await ask(listed, [.origin: "https://b.example"])
        #expect(refused.status == .ok)
        #expect(refused.headers[.accessControlAllowOrigin] == nil)
        #expect(refused.headers[.vary] == "Origin")
        let allowed = try await ask(listed, [.origin: "https://a.example"])
        #expect(allowed.headers[.accessControlAllowOrigin] == "https://a.example")
    }

    @Test(arguments: [("https://a.example", "https://a.example"), ("https://a.example.evil", nil)])
    func `a closure may decide about an origin`(origin: String, allowed: String?) async throws {
        let answer = try await ask(CORS(.matching { $0.hasSuffix(".example") }), [.origin: origin])
        #expect(answer.headers[.accessControlAllowOrigin] == allowed)
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test func `a preflight is answered without asking the handler`() async throws {
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

    @Test func `an error that a handler throws can be read too`() async throws {
        let answer = try await ask(CORS(), [.origin: "https://a.example"], of: Page(error: HTTPError(.notFound)))
        #expect(answer.status == .notFound)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
    }

    @Test func `what a handler says itself stays`() async throws {
        let page = Page(headers: [.accessControlAllowOrigin: "https://a.example"])
        let answer = try await ask(CORS(), [.origin: "https://a.example"], of: page)
        #expect(answer.headers[values: .accessControlAllowOrigin] == ["https://a.example"])
    }

    @Test func `security fields are added, and those of a handler stay`() async throws {
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
}
