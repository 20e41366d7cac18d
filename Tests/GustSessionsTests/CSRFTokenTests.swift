import Gust
import GustSessions
import GustTesting
import HTTPTypes
import Testing

/// The token of forms, which clients need whose requests don't tell their origin.
@Suite struct CSRFTokenTests {
    private func client() throws -> TestClient {
        var app = Application()
        app.use(try Sessions())
        app.get("/form") { request in try request.session.csrfToken() }
        app.post("/start") { request in
            try request.session.set(1, for: "a")
            return "started"
        }
        app.post("/save") { request async throws in
            request.headers[.contentType] == nil ? "saved" : try await request.form()["text"] ?? "nothing"
        }
        return TestClient(try app.router(), keepsCookies: true)
    }

    private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
    private static let header = HTTPField.Name("X-CSRF-Token")

    @Test func `a session without a token accepts requests of unknown origin`() async throws {
        let client = try client()
        _ = try await client.post("/start", body: "")
        #expect(try await client.post("/save", body: "").text == "saved")
    }

    @Test func `once a page has a token, a request of unknown origin needs it in a field of the form or the header`()
        async throws
    {
        let client = try client()
        let token = try await client.get("/form").text
        let refused = try await client.post("/save", body: "")
        #expect(refused.status == .forbidden)
        #expect(refused.text.contains("the token of the form is missing or wrong: load the page again"))
        let text = try await client.post("/save", headers: Self.form, body: "text=hello&_csrf=\(token)").text
        #expect(text == "hello")
        #expect(try await client.post("/save", headers: Self.form, body: "text=hello").status == .forbidden)
        let header = try #require(Self.header)
        #expect(try await client.post("/save", headers: [header: token], body: "").text == "saved")
    }

    @Test func `a request from this site needs no token`() async throws {
        let client = try client()
        _ = try await client.get("/form")
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        #expect(try await client.post("/save", headers: [site: "same-origin"], body: "").text == "saved")
        #expect(try await client.post("/save", headers: [site: "cross-site"], body: "").status == .forbidden)
    }

    @Test func `each page gets another token, and all of a session are valid`() async throws {
        let client = try client()
        let tokens = [try await client.get("/form").text, try await client.get("/form").text]
        #expect(tokens[0] != tokens[1])
        for token in tokens {
            #expect(try await client.post("/save", headers: Self.form, body: "_csrf=\(token)").status == .ok)
        }
    }

    @Test func `the token of another session, a changed one or a part is refused`() async throws {
        let (client, other) = (try client(), try client())
        let token = try await client.get("/form").text
        let foreign = try await other.get("/form").text
        for wrong in [
            foreign, String(token.dropLast()), "A\(token.dropFirst())", "", String(repeating: "A", count: 64),
        ]
        where wrong != token {
            #expect(try await client.post("/save", headers: Self.form, body: "_csrf=\(wrong)").status == .forbidden)
        }
    }
}
