import Foundation
import Gust
import GustTesting
import Testing

/// The browser client that an application serves without files of its own.
@Suite(.leavesNothing) struct BrowserClientTests {
    private static func client() throws -> TestClient {
        var app = Application()
        app.add(SocketIO().routes(client: ClientFiles()))
        return TestClient(try app.router())
    }

    private static func file(_ name: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try Data(contentsOf: MarkdownSnippets.project.appending(path: name)))
    }

    @Test(arguments: ["socket.io.js", "socket.io.esm.js"])
    func `the client is served as it is in the repository`(name: String) async throws {
        let response = try await Self.client().get("/socket.io/\(name)")
        #expect(response.status == .ok)
        #expect(response.body == (try Self.file("public/\(name)")))
        #expect(response.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.cacheControl] == "no-cache")
        #expect(response.headers[.vary] == "Accept-Encoding")
    }

    @Test func `a client that accepts gzip gets it compressed`() async throws {
        let client = try Self.client()
        let plain = try await client.get("/socket.io/socket.io.js")
        let compressed = try await client.get("/socket.io/socket.io.js", headers: [.acceptEncoding: "gzip"])
        #expect(compressed.headers[.contentEncoding] == "gzip")
        #expect(compressed.body.readableBytes < plain.body.readableBytes / 2)
        #expect(compressed.headers[.eTag] != plain.headers[.eTag])
        let refused = try await client.get("/socket.io/socket.io.js", headers: [.acceptEncoding: "gzip;q=0"])
        #expect(refused.headers[.contentEncoding] == nil)
    }

    @Test(arguments: ["", "gzip"])
    func `a client that has it is told so`(encoding: String) async throws {
        let client = try Self.client()
        let tag = try await client.get("/socket.io/socket.io.js", headers: [.acceptEncoding: encoding]).headers[.eTag]
        let again = try await client.get(
            "/socket.io/socket.io.js",
            headers: [.acceptEncoding: encoding, .ifNoneMatch: try #require(tag)]
        )
        #expect(again.status == .notModified)
        #expect(again.headers[.eTag] == tag)
        #expect(again.body.readableBytes == 0)
    }

    @Test func `dates are ignored, for the client has none`() async throws {
        let client = try Self.client()
        let date = "Sat, 28 Nov 2026 12:00:00 GMT"
        for name in [HTTPField.Name.ifModifiedSince, .ifUnmodifiedSince] {
            #expect(try await client.get("/socket.io/socket.io.js", headers: [name: date]).status == .ok)
        }
    }

    @Test func `another tag in If-Match is refused`() async throws {
        let response = try await Self.client().get("/socket.io/socket.io.js", headers: [.ifMatch: "\"x\""])
        #expect(response.status == .preconditionFailed)
    }

    @Test func `the standard Flash policy is the file of the repository`() throws {
        let file = try FlashPolicy(contentsOf: MarkdownSnippets.project.appending(path: "flashpolicy.xml").path)
        #expect(file == .standard)
    }
}
