import GustHTTP
import GustWeb
import HTTPTypes
import Testing

/// Passwords and tokens admit requests.
@Suite struct AuthenticationTests {
    private let exchange = Exchange()
    private enum Owner: RequestStorageKey { typealias Value = String }

    /// `ada:secret:1` in base64; the password has a colon.
    private static let ada = "YWRhOnNlY3JldDox"

    private func answer(_ authorization: [String], _ middleware: any Middleware) async throws -> Exchange.Answer {
        var request = try exchange.request("/")
        for value in authorization { request.headers.append(HTTPField(name: .authorization, value: value)) }
        let page = ImmediateHandler { request in
            request.storage[BasicAuthentication.User.self] ?? request.storage[Owner.self] ?? "somebody"
        }
        return try await exchange.answer(request, from: middleware.wrapping(page))
    }

    @Test(arguments: [
        (["Basic \(ada)"], true), (["basic  \(ada) "], true),
        ([], false), (["Basic"], false), (["Basic "], false), (["Bearer \(ada)"], false),
        // Text that isn't base64, has no colon (`ada`), isn't UTF-8, or has a wrong password (`ada:`).
        (["Basic ada:secret:1"], false), (["Basic YWRh"], false), (["Basic /zo="], false), (["Basic YWRhOg=="], false),
        // A repeated field is ambiguous.
        (["Basic \(ada)", "Basic \(ada)"], false),
    ])
    func `a user's name and password admit the request`(authorization: [String], isLet: Bool) async throws {
        let table = BasicAuthentication(
            realm: "a \"b\"\r\n",
            users: ["bob": "x", "ada": "secret:1", "ada:secret": "2"]
        )
        let closure = BasicAuthentication(realm: "a \"b\"\r\n") { user, password in
            await Task.yield()
            return user == "ada" && password == "secret:1"
        }
        for middleware in [table, closure] {
            let answer = try await answer(authorization, middleware)
            #expect(answer.status == (isLet ? .ok : .unauthorized))
            #expect(answer.text == (isLet ? "ada" : "Unauthorized"))
            #expect(answer.headers[.wwwAuthenticate] == (isLet ? nil : #"Basic realm="a \"b\"", charset="UTF-8""#))
        }
    }

    @Test func `a table's name with a colon doesn't match another user's name and password`() async throws {
        let middleware = BasicAuthentication(users: ["ada:secret": "1"])
        #expect(try await answer(["Basic \(Self.ada)"], middleware).status == .unauthorized)
    }

    @Test(arguments: [
        (["Bearer open-sesame"], nil), (["bearer open-sesame"], nil),
        ([], #"Bearer realm="Restricted""#), (["Bearer "], #"Bearer realm="Restricted""#),
        (["Basic open-sesame"], #"Bearer realm="Restricted""#),
        (["Bearer open-sesame", "Bearer open-sesame"], #"Bearer realm="Restricted""#),
        (["Bearer open-sesam"], #"Bearer realm="Restricted", error="invalid_token""#),
    ])
    func `a valid token admits the request`(authorization: [String], challenge: String?) async throws {
        let table = BearerAuthentication(tokens: ["another", "open-sesame"])
        let closure = BearerAuthentication { token, storage in
            await Task.yield()
            storage[Owner.self] = "ali"
            return token == "open-sesame"
        }
        for (middleware, owner) in [(table, "somebody"), (closure, "ali")] {
            let answer = try await answer(authorization, middleware)
            #expect(answer.status == (challenge == nil ? .ok : .unauthorized))
            #expect(answer.headers[.wwwAuthenticate] == challenge)
            if challenge == nil { #expect(answer.text == owner) }
        }
    }

    @Test func `a table is checked immediately, a closure is awaited`() async throws {
        let request = try exchange.request("/", [.authorization: "Bearer a"])
        let page = ImmediateHandler { _ in "inside" }
        #expect(try BearerAuthentication(tokens: ["a"]).wrapping(page).answer(request).immediateResponse != nil)
        #expect(try BearerAuthentication { _, _ in true }.wrapping(page).answer(request).immediateResponse == nil)
    }
}
