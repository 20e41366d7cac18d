import GustHTTP
import GustRouting
import GustSessions
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// Forms that mean another method than POST.
@Suite struct MethodOverrideTests {
    private let exchange = Exchange()

    private func router(_ middleware: any Middleware...) throws -> Router {
        var routes = Routes()
        for middleware in middleware { routes.use(middleware) }
        for method in [HTTPRequest.Method.post, .put, .patch, .delete, .get] {
            routes.on(method, pattern: "/notes/:id") { (request: Request) async throws in
                "\(request.method.rawValue) \(String(buffer: try await request.body.collect()))"
            }
        }
        return try routes.build()
    }

    private func send(
        _ method: HTTPRequest.Method = .post,
        _ headers: [(String, String)] = [],
        body: String = "",
        to router: Router
    ) async throws -> Exchange.Answer {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        return try await exchange.answer(
            exchange.request("/notes/7", fields, method: method, body: body),
            from: router
        )
    }

    private let form = ("Content-Type", "application/x-www-form-urlencoded")

    @Test(arguments: [
        ("_method=DELETE&a=b", "DELETE"), ("a=b&_method=put", "PUT"), ("_method=Patch", "PATCH"), ("a=b", "POST"),
        ("", "POST"),
        ("%5fmethod=DELETE", "DELETE"),
    ])
    func `a field of a form chooses the method, and the handler gets the whole body`(
        body: String,
        method: String
    ) async throws {
        let answer = try await send(.post, [form], body: body, to: router(MethodOverride()))
        #expect(answer.text == "\(method) \(body)")
    }

    @Test func `a header field chooses the method before the form does`() async throws {
        let router = try router(MethodOverride())
        let answer = try await send(
            .post,
            [form, ("X-HTTP-Method-Override", "PUT")],
            body: "_method=DELETE",
            to: router
        )
        #expect(answer.text == "PUT _method=DELETE")
    }

    @Test(arguments: ["GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "POST", "", "PURGE", "DELÉTE"])
    func `any other method is refused`(name: String) async throws {
        let router = try router(MethodOverride())
        let byHeader = try await send(.post, [("X-HTTP-Method-Override", name)], to: router)
        #expect(byHeader.status == .badRequest)
        #expect(byHeader.text.contains("the method of a form can only be changed to: PUT, PATCH, DELETE"))
        let encoded = PercentEncoding.encodeSegment(name)
        #expect(try await send(.post, [form], body: "_method=\(encoded)", to: router).status == .badRequest)
    }

    @Test(arguments: [HTTPRequest.Method.get, .put, .delete])
    func `only POST is changed`(method: HTTPRequest.Method) async throws {
        let answer = try await send(method, [("X-HTTP-Method-Override", "PATCH")], to: router(MethodOverride()))
        #expect(answer.text == "\(method.rawValue) ")
    }

    @Test func `the query of a form with files chooses the method, and its body isn't read`() async throws {
        let type = ("Content-Type", "multipart/form-data; boundary=x")
        let router = try router(MethodOverride())
        func send(_ target: String, _ type: (String, String)) async throws -> Exchange.Answer {
            let headers = HTTPFields(dictionaryLiteral: (.contentType, type.1))
            return try await exchange.answer(
                exchange.request(target, headers, method: .post, body: "--x"),
                from: router
            )
        }
        #expect(try await send("/notes/7?a=b&_method=put", type).text == "PUT --x")
        #expect(try await send("/notes/7?_method=GET", type).status == .badRequest)
        #expect(try await send("/notes/7", type).text == "POST --x")
        // The query of another request is the application's own.
        #expect(try await send("/notes/7?_method=PUT", ("Content-Type", "text/plain")).text == "POST --x")
    }

    @Test(arguments: [nil, "text/plain", "multipart/form-data; boundary=x", "application/json"])
    func `other bodies aren't read`(type: String?) async throws {
        let headers = type.map { [("Content-Type", $0)] } ?? []
        let answer = try await send(.post, headers, body: "_method=DELETE", to: router(MethodOverride()))
        #expect(answer.text == "POST _method=DELETE")
    }

    @Test func `a list of methods replaces the usual ones, and can't have methods that CSRF doesn't examine`()
        async throws
    {
        let router = try router(try MethodOverride(allowing: [.delete]))
        #expect(try await send(.post, [form], body: "_method=DELETE", to: router).text.hasPrefix("DELETE"))
        #expect(try await send(.post, [form], body: "_method=PUT", to: router).status == .badRequest)
        for method in [HTTPRequest.Method.get, .head, .options, .trace, .connect, .post] {
            #expect {
                try MethodOverride(allowing: [.put, method])
            } throws: { error in
                "\(error)".hasPrefix("MethodOverride can't allow \(method.rawValue): ")
            }
        }
    }

    @Test func `a form of another site is refused, wherever the protection is`() async throws {
        let headers = [form, ("Sec-Fetch-Site", "cross-site")]
        for router in [try router(CSRF(), MethodOverride()), try router(MethodOverride(), CSRF())] {
            #expect(try await send(.post, headers, body: "_method=DELETE", to: router).status == .forbidden)
            #expect(try await send(.post, [form], body: "_method=DELETE", to: router).text.hasPrefix("DELETE"))
        }
    }

    @Test func `a body over the limit is refused`() async throws {
        let body = "_method=DELETE&a=" + String(repeating: "x", count: 100)
        let router = try router(BodyLimit(50), MethodOverride())
        #expect(try await send(.post, [form], body: body, to: router).status == .contentTooLarge)
    }
}
