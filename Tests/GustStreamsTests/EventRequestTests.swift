import Gust
import GustStreams
import GustTesting
import GustWeb
import HTTPTypes
import Testing

/// Server-sent events through an application.
@Suite struct EventRequestTests {
    @Test func `the identifier of the last event is in the request`() async throws {
        var app = Application()
        app.get("/") { request in request.lastEventID ?? "none" }
        let client = TestClient(try app.router())
        let name = try #require(HTTPField.Name("Last-Event-ID"))
        #expect(try await client.get("/").text == "none")
        #expect(try await client.get("/", headers: [name: "ü7"]).text == "ü7")
        #expect(try await client.get("/", headers: [name: ""]).text == "none")
    }

    @Test func `events aren't compressed by default`() async throws {
        let source = EventSource()
        let exchange = try await TestClient(try source.router(Compress()))
            .start(.get, "/", headers: [.acceptEncoding: "gzip"])
        source.send(ServerSentEvent("a"))
        #expect(try await exchange.partialText(with: "data: a\n\n") == ":\n\ndata: a\n\n")
        source.finish()
        #expect(try await exchange.response().headers[.contentEncoding] == nil)
    }
}
