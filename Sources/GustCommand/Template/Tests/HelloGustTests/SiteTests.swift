import Gust
import GustTesting
import Testing

@testable import HelloGust

/// Each test runs in memory, with a clock of its own, and over TCP, with the real server.
@Suite struct SiteTests {
    @Test(arguments: [TestDepth.memory, .tcp])
    func `the front page counts the visits of a browser`(depth: TestDepth) async throws {
        try await TestClient.with(try site().router(), at: depth, keepsCookies: true) { client async throws in
            #expect(try await client.get("/").text.contains("visit number 1"))
            #expect(try await client.get("/").text.contains("visit number 2"))
        }
    }

    @Test(arguments: [TestDepth.memory, .tcp])
    func `files and pages are served, and nothing else`(depth: TestDepth) async throws {
        try await TestClient.with(try site().router(), at: depth) { client async throws in
            #expect(try await client.get("/static/site.css").text.contains("color-scheme"))
            let page = try await client.get("/about").text
            #expect(page.contains("<title>About</title>") && page.contains("/static/site.css?v="))
            #expect(try await client.get("/nothing").status == .notFound)
        }
    }

    @Test(arguments: [TestDepth.memory, .tcp])
    func `what one visitor says reaches the others`(depth: TestDepth) async throws {
        try await TestClient.with(try site().router(), at: depth) { client async throws in
            let ada = try await client.open("/live")
            let bob = try await client.open("/live")
            #expect(try await ada.emitWithAcknowledgement("say", "hello") == ["5"])
            #expect(try await bob.next() == .event("said", [#""hello""#]))
        }
    }
}
