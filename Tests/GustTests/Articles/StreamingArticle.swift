import Gust
import GustStreams
import GustTesting
import HTTPTypes
import Testing

/// The snippets of `Streaming.md`.
@Suite struct StreamingArticle {
    private struct Story: Sendable {
        let id: String
        let text: String
    }

    @Test func `a closure writes a table`() async throws {
        var app = Application()
        app.get("/table") { _ in
            Response(type: "text/csv") { writer in
                try await writer.write("number,square\n")
                for number in 1...3 { try await writer.write("\(number),\(number * number)\n") }
            }
        }
        let response = try await TestClient(try app.router()).get("/table")
        #expect(response.text == "number,square\n1,1\n2,4\n3,9\n")
        #expect(response.headers[.contentType] == "text/csv")
    }

    @Test func `sequences are bodies`() async throws {
        @Sendable func words() -> AsyncStream<String> { Self.sequence(["one ", "two"]) }
        @Sendable func squares() -> AsyncStream<[Int]> { Self.sequence([[1, 1], [2, 4]]) }
        var app = Application()
        app.get("/words") { _ in Response.stream(words()) }
        app.get("/squares") { _ in JSONLines(squares()) }
        let client = TestClient(try app.router())
        #expect(try await client.get("/words").text == "one two")
        #expect(try await client.get("/squares").text == "[1,1]\n[2,4]\n")
    }

    private static func sequence<Element: Sendable>(_ elements: [Element]) -> AsyncStream<Element> {
        AsyncStream { continuation in
            for element in elements { continuation.yield(element) }
            continuation.finish()
        }
    }

    @Test func `lines of JSON are read`() async throws {
        var app = Application()
        app.post("/sum") { request in
            var sum = 0
            for try await number in request.jsonLines(of: Int.self) { sum += number }
            return "\(sum)"
        }
        #expect(try await TestClient(try app.router()).post("/sum", body: "1\n2\n3\n").text == "6")
    }

    @Test(arguments: TestDepth.allCases)
    func `hints and trailers surround a body`(depth: TestDepth) async throws {
        var app = Application()
        app.get("/checked") { _ in
            Response(type: "text/plain") { writer in
                await writer.sendEarlyHints([.link: "</style.css>; rel=preload; as=style"])
                try await writer.write("content")
                await writer.setTrailers([.contentDigest: "…"])
            }
        }
        // The client of the tests reads neither interim responses nor trailers.
        guard depth == .memory else { return }
        #expect(try await TestClient(try app.router()).get("/checked").text == "content")
    }

    @Test func `events are sent with their identifiers`() async throws {
        @Sendable func stories(after last: String?) -> AsyncStream<Story> {
            Self.sequence([Story(id: "8", text: "after \(last ?? "nothing")")])
        }
        var app = Application()
        app.get("/news") { request in
            Response.events(retry: .seconds(2)) { events in
                for await story in stories(after: request.lastEventID) {
                    try await events.send(story.text, event: "story", id: story.id)
                }
            }
        }
        let name = try #require(HTTPField.Name("Last-Event-ID"))
        let response = try await TestClient(try app.router()).get("/news", headers: [name: "7"])
        #expect(response.text == "retry: 2000\nevent: story\nid: 8\ndata: after 7\n\n")
    }
}

extension HTTPField.Name {
    fileprivate static let contentDigest = HTTPField.Name("Content-Digest") ?? .eTag
    fileprivate static let link = HTTPField.Name("Link") ?? .location
}
