import Gust
import GustControl
import GustStreams
import GustTesting
import GustWeb
import NIOCore
import Testing

@testable import GustDevelopment

/// Pages get a script that reloads them.
@Suite struct ReloadTests {
    private let script = #"<script src="/_gust/reload.js" data-process=""#

    @Test func `the script is put at the end of a page's body`() async throws {
        let response = try await Desk().client.get("/", headers: Desk.browser)
        #expect(response.text.contains("Hello" + script))
        #expect(response.text.contains("></script></body>"))
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test func `an error page gets the script too, so that it goes when the error is repaired`() async throws {
        #expect(try await Desk().client.get("/tickets/7", headers: Desk.browser).text.contains(script))
    }

    @Test func `a fragment, a text and a request of a script stay as they are`() async throws {
        let desk = try Desk { app in app.get("/part") { _ in HTML("<li>one</li>") } }
        #expect(try await desk.client.get("/part", headers: Desk.browser).text == "<li>one</li>")
        #expect(try await desk.client.get("/settings", headers: Desk.browser).text == "settings")
        #expect(!(try await desk.client.get("/", headers: [.accept: "*/*"]).text.contains("script")))
        var frame = Desk.browser
        frame[try #require(HTTPField.Name("Sec-Fetch-Dest"))] = "iframe"
        #expect(!(try await desk.client.get("/", headers: frame).text.contains("script")))
    }

    @Test func `a page that is compressed otherwise gets the script, uncompressed`() async throws {
        let desk = try Desk { app in
            app.use(Compress(minimumLength: 1))
            app.get("/long") { _ in HTML("<!doctype html><body>" + String(repeating: "tea ", count: 1_000)) }
        }
        var headers = Desk.browser
        headers[.acceptEncoding] = "gzip"
        let response = try await desk.client.get("/long", headers: headers)
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.text.contains("tea " + script))
    }

    @Test(arguments: [TestDepth.memory, .tcp])
    func `a streamed page gets the script behind its last piece, and the right length`(depth: TestDepth) async throws {
        var app = Application()
        app.use(Development(isOn: true))
        app.get("/stream") { _ in
            Response(
                headers: [.contentType: "text/html", .contentLength: "23"],
                body: .stream { writer in
                    writer.write(ByteBuffer(string: "<!doctype html>"))
                    writer.finish(ByteBuffer(string: "<p>tea</"))
                }
            )
        }
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            let response = try await client.get("/stream", headers: Desk.browser)
            #expect(response.text.contains("<p>tea</" + script))
            #expect(response.headers[.contentLength].flatMap { Int($0) } == response.text.utf8.count)
        }
    }

    @Test func `the nonce of the page's policy is repeated`() async throws {
        let desk = try Desk { app in
            app.use(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-abc123' 'strict-dynamic'"))
        }
        #expect(try await desk.client.get("/", headers: Desk.browser).text.contains(#" nonce="abc123"></script>"#))
    }

    @Test func `the script is served, and waits for the events of this process`() async throws {
        let desk = try Desk()
        let response = try await desk.client.get("/_gust/reload.js")
        #expect(response.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(response.text.contains("new EventSource"))
        let events = try await desk.client.start(.get, "/_gust/events")
        let text = try await events.partialText(with: "event: process")
        #expect(text.contains("data: \(PageEvents.shared.process)\n"))
        try await events.abort()
    }

    @Test func `pages are told of changes, and a page that opens later of the failed build`() async throws {
        let events = PageEvents()
        var app = Application()
        app.routes.outermostMiddleware.append(ReloadingPages(.thisMachine, events))
        let client = TestClient(try app.router())
        let first = try await client.start(.get, "/_gust/events")
        _ = try await first.partialText(with: "event: process")
        events.send(.changed("public/app.css"))
        _ = try await first.partialText(with: "event: changed\ndata: public/app.css\n")
        events.send(.building)
        events.send(.failed("main.swift:3: error"))
        _ = try await first.partialText(with: "event: failed\ndata: main.swift:3: error\n")
        let second = try await client.start(.get, "/_gust/events")
        _ = try await second.partialText(with: "event: failed\ndata: main.swift:3: error\n")
        try await first.abort()
        try await second.abort()
        try await client.wait(for: "the pages to be forgotten") { events.count == 0 }
    }

    @Test(
        arguments: [
            ("<body>x</body></html>", 7), ("<BODY>x</BODY >", 7), ("<!DOCTYPE html>x", 16), (" \n<html>x", 9),
            ("<p>x</p>", nil), ("", nil), ("</body></body>", 7),
        ] as [(String, Int?)]
    )
    func `the place for the script is found`(page: String, place: Int?) {
        #expect(PageEnd.place(in: Array(page.utf8)) == place)
    }
}
