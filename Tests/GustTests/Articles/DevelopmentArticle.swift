import Gust
import GustDevelopment
import GustTesting
import Testing

/// The snippets of `Development.md`.
@Suite(.leavesNothing) struct DevelopmentArticle {
    struct Broken: Error {}

    @Test func `an application in production doesn't change`() async throws {
        var app = Application()
        app.use(Development())
        app.get("/") { _ -> String in throw Broken() }
        let response = try await TestClient(try app.router()).get("/", headers: [.accept: "text/html"])
        #expect(response.status == .internalServerError)
        #expect(response.text == "Internal Server Error")
    }

    @Test func `the parts and the audience can be chosen`() async throws {
        var app = Application()
        app.use(Development(showsErrors: false))
        app.use(Development(audience: .everybody))
        #expect(try await TestClient(try app.router()).get("/").status == .notFound)
    }
}
