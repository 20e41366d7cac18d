import Gust
import GustSessions
import GustTesting
import Testing

/// Messages for the next page.
@Suite struct FlashTests {
    private func client() throws -> TestClient {
        var app = Application()
        app.use(try Sessions())
        app.get("/") { request in
            try request.session.takeFlashes().map { "\($0.kind): \($0.text)" }.joined(separator: "; ")
        }
        app.get("/keys") { request in "\(try request.session.keys.sorted())" }
        app.post("/") { request in
            try request.session.flash("first")
            try request.session.flash("zwölf \"quoted\"", kind: "warning")
            try request.session.set(1, for: "own")
            return "left"
        }
        return TestClient(try app.router(), keepsCookies: true)
    }

    @Test func `messages are shown once, in order`() async throws {
        let client = try client()
        #expect(try await client.get("/").text == "")
        _ = try await client.post("/", body: "")
        #expect(try await client.get("/").text == "info: first; warning: zwölf \"quoted\"")
        #expect(try await client.get("/").text == "")
    }

    @Test func `messages aren't among the keys of a session`() async throws {
        let client = try client()
        _ = try await client.post("/", body: "")
        #expect(try await client.get("/keys").text == #"["own"]"#)
    }
}
