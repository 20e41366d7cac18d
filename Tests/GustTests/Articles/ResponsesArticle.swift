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

    @Test func `an error has a status, a text and header fields`() async throws {
        var app = Application()
        app.get("/report") { request in
            guard request.query["key"] == "tea" else {
                throw HTTPError(.serviceUnavailable, "come back in a minute", headers: [.retryAfter: "60"])
            }
            return "the report"
        }
        let response = try await TestClient(try app.router()).get("/report")
        #expect(response.status == .serviceUnavailable)
        #expect(response.text == "come back in a minute")
        #expect(response.headers[.retryAfter] == "60")
    }

    @Test func `a cookie is set, read and removed`() async throws {
        var app = Application()
        app.post("/theme/:name") { (request: Request, name: String) in
            var cookie = Cookie("theme", name, maximumAge: .seconds(31_536_000))
            cookie.sameSite = .strict
            var response = Response("\(name) from now on")
            try response.setCookie(cookie, for: request)
            return response
        }
        app.get("/theme") { request in request.cookies["theme"] ?? "light" }
        app.delete("/theme") { request in
            var response = Response("light again")
            try response.removeCookie("theme", for: request)
            return response
        }
        let client = TestClient(try app.router(), keepsCookies: true)
        #expect(try await client.get("/theme").text == "light")
        let field = try await client.post("/theme/dark", body: "").headers[.setCookie] ?? ""
        #expect(field.hasPrefix("theme=dark; Max-Age=31536000; Expires="))
        #expect(field.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
        #expect(try await client.get("/theme").text == "dark")
        _ = try await client.execute(.delete, "/theme")
        #expect(try await client.get("/theme").text == "light")
    }

    @Test func `a long body is written while the connection is writable`() async throws {
        var app = Application()
        app.get("/numbers") { _ in
            Response(
                body: .stream { writer in
                    var number = 0
                    func writeMore() {
                        while writer.isWritable {
                            number += 1
                            guard number < 100_000 else { return writer.finish(ByteBuffer(string: "\(number)\n")) }
                            writer.write(ByteBuffer(string: "\(number)\n"))
                        }
                    }
                    writer.onWritable = writeMore
                    writeMore()
                }
            )
        }
        let text = try await TestClient(try app.router()).get("/numbers").text
        #expect(text.hasPrefix("1\n2\n"))
        #expect(text.hasSuffix("\n99999\n100000\n"))
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
