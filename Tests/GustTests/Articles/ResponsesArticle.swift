import Gust
import GustTesting
import Testing

/// The snippets of `Responses.md`.
@Suite struct ResponsesArticle {
    @Test(arguments: [
        ("/text", 200, "plain"), ("/page", 200, "<h1>A page</h1>"), ("/list", 200, #"["one","two"]"#),
        ("/gone", 410, ""),
        ("/first?q=tea", 200, "tea"), ("/first", 404, "Not Found"), ("/there", 303, ""),
        ("/styled", 200, "p { margin: 0 }"),
    ])
    func `a handler's return value becomes a response`(target: String, status: Int, text: String) async throws {
        var app = Application()
        app.get("/text") { _ in "plain" }
        app.get("/page") { _ in HTML("<h1>A page</h1>") }
        app.get("/list") { _ in JSON(["one", "two"]) }
        app.get("/gone") { _ in HTTPResponse.Status.gone }
        app.get("/first") { request in request.query["q"] }
        app.get("/there") { _ in Response.redirect(to: "/text") }
        app.get("/styled") { _ in
            var response = Response("p { margin: 0 }", type: "text/css")
            response.headers[.cacheControl] = "max-age=60"
            return response
        }
        let response = try await TestClient(try app.router()).get(target)
        #expect(response.status.code == status)
        #expect(response.text == text)
    }

    @Test func `a streamed response ends when the handler finishes it`() async throws {
        var app = Application()
        app.get("/ticks") { _ in
            Response(
                body: .stream { writer in
                    writer.write(ByteBuffer(string: "tick\n"))
                    let writer = NIOLoopBound(writer, eventLoop: writer.eventLoop)
                    writer.eventLoop.scheduleTask(in: .seconds(1)) { writer.value.finish(ByteBuffer(string: "tock\n")) }
                }
            )
        }
        let client = TestClient(try app.router())
        let exchange = try await client.start(.get, "/ticks")
        #expect(try await exchange.partialText() == "tick\n")
        await client.advance(by: .seconds(1))
        #expect(try await exchange.response().text == "tick\ntock\n")
    }
}
