import Gust
import GustHTTP
import GustSessions
import GustTesting
import GustWeb
import HTTPTypes
import Testing

/// `CSRF` refuses all requests of other sites to Socket.IO endpoints, except for the client's files.
@Suite(.leavesNothing) struct CrossSiteSocketTests {
    private func client() throws -> TestClient {
        var app = Application()
        app.use(CSRF())
        app.get("/page") { _ in "page" }
        app.add(SocketIO().routes(client: ClientFiles(ImmediateHandler { _ in "the client" })))
        return TestClient(try app.router())
    }

    private static let site = HTTPField.Name("Sec-Fetch-Site")

    @Test(arguments: [
        "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=3&transport=polling", "/socket.io/1/",
        "/socket.io/xhr-polling//1", "/socket.io/jsonp-polling//1/0", "/socket.io/htmlfile//1",
    ])
    func `a GET from another site is refused for every generation`(target: String) async throws {
        let site = try #require(Self.site)
        let client = try client()
        #expect(try await client.get(target, headers: [site: "cross-site"]).status == .forbidden)
        #expect(try await client.get(target, headers: [site: "same-site"]).status == .forbidden)
        #expect(try await client.get(target, headers: [.origin: "https://evil.example"]).status == .forbidden)
        let exchange = try await client.start(.get, target, headers: [site: "same-origin"])
        await client.settle()
        #expect(try await exchange.finishedResponse()?.status ?? .ok == .ok)
    }

    @Test func `pages and the client's files are served to other sites`() async throws {
        let site = try #require(Self.site)
        let client = try client()
        #expect(try await client.get("/page", headers: [site: "cross-site"]).status == .ok)
        #expect(try await client.get("/socket.io/socket.io.js", headers: [site: "cross-site"]).text == "the client")
    }
}
