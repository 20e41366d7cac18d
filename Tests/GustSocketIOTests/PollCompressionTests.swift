import GustHTTP
import GustTesting
import GustWire
import GustZlib
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Compressed responses to polls.
@Suite(.leavesNothing) struct PollCompressionTests {
    private func serve(_ change: (inout SocketIOSettings) -> Void = { _ in }) -> (io: SocketIO, client: TestClient) {
        var settings = SocketIOSettings()
        change(&settings)
        let io = SocketIO(settings)
        return (io, TestClient(EndpointHarness(io)))
    }

    /// Opens a connection, joins `/`, and polls for one event with a text.
    private func poll(
        _ text: String,
        revision: String = "4",
        query: String = "",
        accepting encodings: String?,
        _ change: (inout SocketIOSettings) -> Void = { _ in }
    ) async throws -> TestResponse {
        let (io, client) = serve(change)
        let target = "/socket.io/?EIO=\(revision)&transport=polling\(query)"
        let opening = try await client.get(target).text
        // The opening of a script call has escaped quotes.
        let sid = try #require(opening.firstMatch(of: /\\?"sid\\?":\\?"([A-Za-z0-9_-]+)/)).1
        if revision == "4" { _ = try await client.post("\(target)&sid=\(sid)", body: "40") }
        if revision == "4" { _ = try await client.get("\(target)&sid=\(sid)") }
        var headers: HTTPFields = [:]
        headers[.acceptEncoding] = encodings
        io.emit("news", text)
        return try await client.get("\(target)&sid=\(sid)", headers: headers)
    }

    private func plain(_ response: TestResponse) throws -> String {
        let format: CompressionFormat = response.headers[.contentEncoding] == "gzip" ? .gzip : .zlib
        var output = ByteBuffer()
        _ = try Inflator(format).write(response.body, into: &output, limit: 1 << 20)
        return String(buffer: output)
    }

    private static let long = String(repeating: "hello, world. ", count: 200)

    @Test(arguments: [
        ("gzip", "gzip"), ("deflate", "deflate"), ("gzip, deflate, br", "gzip"), ("deflate, gzip;q=0.5", "deflate"),
        ("*", "gzip"),
    ])
    func `a long response has the coding that the client prefers`(encodings: String, coding: String) async throws {
        let response = try await poll(Self.long, accepting: encodings)
        #expect(response.headers[.contentEncoding] == coding)
        #expect(response.headers[.vary] == "Accept-Encoding")
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.headers[.contentType] == "text/plain; charset=UTF-8")
        #expect(response.body.readableBytes < 200)
        #expect(try plain(response) == #"42["news","\#(Self.long)"]"#)
    }

    @Test(arguments: [nil, "identity", "br", "gzip;q=0", "x"])
    func `a client that accepts no coding gets the text`(encodings: String?) async throws {
        let response = try await poll(Self.long, accepting: encodings)
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.text == #"42["news","\#(Self.long)"]"#)
    }

    @Test func `the threshold counts the bytes of the body`() async throws {
        let empty = #"42["news",""]"#.utf8.count
        let short = try await poll(String(repeating: "a", count: 1_023 - empty), accepting: "gzip")
        #expect(short.headers[.contentEncoding] == nil)
        #expect(short.headers[.vary] == nil)
        let long = try await poll(String(repeating: "a", count: 1_024 - empty), accepting: "gzip")
        #expect(long.headers[.contentEncoding] == "gzip")
    }

    @Test func `threshold and level are settings, and nil turns compression off`() async throws {
        let low = try await poll("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", accepting: "gzip") { settings in
            settings.pollCompression?.minimumLength = 10
            settings.pollCompression?.level = 99
        }
        #expect(low.headers[.contentEncoding] == "gzip")
        let off = try await poll(Self.long, accepting: "gzip") { $0.pollCompression = nil }
        #expect(off.headers[.contentEncoding] == nil)
    }

    @Test func `a body that would not become shorter is sent as it is`() async throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = (33...126).map { UnicodeScalar(UInt8($0)) }.filter { $0 != "\"" && $0 != "\\" }
        let noise = (0..<30).compactMap { _ in alphabet.randomElement(using: &generator) }.map(String.init).joined()
        let response = try await poll(noise, accepting: "gzip") { $0.pollCompression?.minimumLength = 1 }
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.text == #"42["news","\#(noise)"]"#)
    }

    @Test func `a response that must not be transformed isn't compressed`() async throws {
        let response = try await poll(Self.long, accepting: "gzip") { settings in
            settings.headers = { headers, _ in headers[.cacheControl] = "no-transform" }
        }
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.text.hasPrefix("42["))
    }

    @Test func `responses to scripts of Engine_IO 3 are compressed with their envelope`() async throws {
        let response = try await poll(Self.long, revision: "3", query: "&j=7", accepting: "gzip")
        #expect(response.headers[.contentEncoding] == "gzip")
        let text = try plain(response)
        #expect(text.hasPrefix("___eio[7](\""))
        #expect(text.utf8.contains("hello, world. hello, world. ".utf8))
    }

    @Test func `a binary response of Engine_IO 3 is compressed`() async throws {
        let (io, client) = serve()
        let target = "/socket.io/?EIO=3&transport=polling"
        let sid = try #require(try await client.get(target).text.firstMatch(of: /"sid":"([^"]+)"/)).1
        let bytes = ByteBuffer(repeating: 7, count: 4_000)
        io.emit("news", bytes)
        let response = try await client.get("\(target)&sid=\(sid)", headers: [.acceptEncoding: "gzip"])
        #expect(response.headers[.contentType] == "application/octet-stream")
        #expect(response.headers[.contentEncoding] == "gzip")
        var output = ByteBuffer()
        _ = try Inflator(.gzip).write(response.body, into: &output, limit: 1 << 20)
        #expect(output.readableBytes > 4_000)
    }

    @Test func `clients before 1_0 get no compressed responses`() async throws {
        let (io, client) = serve()
        for target in ["/socket.io/1/xhr-polling/", "/socket.io/1/htmlfile/"] {
            let sid = try await client.get("/socket.io/1/").text.prefix { $0 != ":" }
            let exchange = try await client.start(.get, "\(target)\(sid)", headers: [.acceptEncoding: "gzip"])
            if target.hasSuffix("polling/") {
                _ = try await exchange.response()
                let poll = try await client.start(.get, "\(target)\(sid)", headers: [.acceptEncoding: "gzip"])
                io.emit("news", Self.long)
                #expect(try await poll.response().headers[.contentEncoding] == nil)
            } else {
                io.emit("news", Self.long)
                try await exchange.abort()
            }
        }
    }

    @Test func `the first response is compressed if it is long`() async throws {
        let (io, client) = serve { $0.connectTimeout = .seconds(45) }
        io.onConnect { $0.emit("news", Self.long) }
        let response = try await client.get(
            "/socket.io/?EIO=3&transport=polling",
            headers: [.acceptEncoding: "gzip"]
        )
        #expect(response.headers[.contentEncoding] == "gzip")
    }
}
