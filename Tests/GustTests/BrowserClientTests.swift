import Foundation
import Gust
import GustTesting
import Testing

/// The embedded browser client, which an application serves without files.
@Suite(.leavesNothing) struct BrowserClientTests {
    private static func client() throws -> TestClient {
        var app = Application()
        app.add(SocketIO().routes())
        return TestClient(try app.router())
    }

    private static func file(_ name: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try Data(contentsOf: MarkdownSnippets.project.appending(path: name)))
    }

    @Test(arguments: ["socket.io.js", "socket.io.esm.js"])
    func `the served client equals the file in the repository`(name: String) async throws {
        let response = try await Self.client().get("/socket.io/\(name)")
        #expect(response.status == .ok)
        #expect(response.body == (try Self.file("public/\(name)")))
        #expect(response.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.cacheControl] == "no-cache")
        #expect(response.headers[.vary] == "Accept-Encoding")
    }

    @Test(arguments: [("socket.io.min.js", "socket.io.js"), ("socket.io.esm.min.js", "socket.io.esm.js")])
    func `the names of minified files are other names of the files`(name: String, file: String) async throws {
        let response = try await Self.client().get("/socket.io/\(name)")
        #expect(response.status == .ok)
        #expect(response.body == (try Self.file("public/\(file)")))
    }

    @Test func `the tag is the same on all servers, and differs between the files`() async throws {
        let tag = try await Self.client().get("/socket.io/socket.io.js").headers[.eTag]
        #expect(tag != nil)
        #expect(try await Self.client().get("/socket.io/socket.io.js").headers[.eTag] == tag)
        #expect(try await Self.client().get("/socket.io/socket.io.esm.js").headers[.eTag] != tag)
    }

    @Test func `an endpoint serves no client if it is told so, nor does an endpoint of Engine_IO`() async throws {
        var app = Application()
        app.add(SocketIO().routes("plain", client: .none))
        app.add(SocketIO().routes(matching: "chat-[a-z]+", extraRE: "[0-9]+"))
        app.add(EngineIO().routes("engine.io"))
        let client = TestClient(try app.router())
        for path in ["/plain/socket.io.js", "/engine.io/socket.io.js", "/chat-a/other.js"] {
            #expect(try await client.get(path).status != .ok)
        }
        #expect(try await client.get("/chat-a/socket.io.js").status == .ok)
        #expect(try await client.get("/chat-a/7/socket.io.esm.js").status == .ok)
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
    func `a request with the current tag gets 304`(encoding: String) async throws {
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

    @Test func `conditions with dates are ignored, because the embedded client has no date`() async throws {
        let client = try Self.client()
        let date = "Sat, 28 Nov 2026 12:00:00 GMT"
        for name in [HTTPField.Name.ifModifiedSince, .ifUnmodifiedSince] {
            #expect(try await client.get("/socket.io/socket.io.js", headers: [name: date]).status == .ok)
        }
    }

    @Test func `a request with another tag in If-Match is refused`() async throws {
        let response = try await Self.client().get("/socket.io/socket.io.js", headers: [.ifMatch: "\"x\""])
        #expect(response.status == .preconditionFailed)
    }

    @Test func `the standard Flash policy equals the file in the repository`() throws {
        let file = try FlashPolicy(contentsOf: MarkdownSnippets.project.appending(path: "flashpolicy.xml").path)
        #expect(file == .standard)
    }
}
