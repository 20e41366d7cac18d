import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore
import Testing

@testable import GustWeb

/// Which responses are compressed, and the header fields of compressed responses.
@Suite struct CompressTests {
    private let text = String(repeating: "hello, world. ", count: 200)

    private struct Fixed: Handler {
        var response: Response
        func answer(_ request: Request) -> Answer { .ready(response) }
    }

    private func ask(
        _ response: Response,
        accepting encodings: String? = "gzip",
        method: HTTPRequest.Method = .get
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        var headers: HTTPFields = [:]
        headers[.acceptEncoding] = encodings
        let request = try exchange.request("/", headers, method: method)
        return try await exchange.answer(request, from: Compress().wrapping(Fixed(response: response)))
    }

    private func plain(_ bytes: ByteBuffer) throws -> String {
        var output = ByteBuffer()
        let inflator = try Inflator(.gzip)
        _ = try inflator.write(bytes, into: &output, limit: 1 << 20)
        return String(buffer: output)
    }

    @Test func `a text is sent as gzip to a client that accepts it`() async throws {
        let answer = try await ask(Response(text))
        #expect(answer.headers[.contentEncoding] == "gzip")
        #expect(answer.headers[.vary] == "Accept-Encoding")
        #expect(answer.bytes.readableBytes < 200)
        #expect(try plain(answer.bytes) == text)
    }

    @Test(arguments: [nil, "identity", "br", "gzip;q=0", "gzip;q=0.1, identity;q=0.5"])
    func `a client that doesn't accept gzip gets the text, with Vary`(encodings: String?) async throws {
        let answer = try await ask(Response(text), accepting: encodings)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.vary] == "Accept-Encoding")
        #expect(answer.text == text)
    }

    @Test func `a strong tag becomes weak, the length is removed, and Vary is extended`() async throws {
        var response = Response(text)
        response.headers[.eTag] = #""abc""#
        response.headers[.contentLength] = String(text.utf8.count)
        response.headers[.vary] = "Origin"
        let answer = try await ask(response)
        #expect(answer.headers[.eTag] == #"W/"abc""#)
        #expect(answer.headers[.contentLength] == nil)
        #expect(answer.headers[.vary] == "Origin, Accept-Encoding")
    }

    @Test func `encoded, partial, short, no-transform and incompressible responses aren't compressed`() async throws {
        var changes: [(inout Response) -> Void] = []
        changes.append { $0.headers[.contentEncoding] = "br" }
        changes.append { $0.headers[.contentType] = "image/png" }
        changes.append { $0.headers[.cacheControl] = "public, no-transform" }
        changes.append { $0.headers[.contentRange] = "bytes 0-1/2" }
        changes.append { $0.status = .partialContent }
        changes.append { $0.body = .bytes(ByteBuffer(string: "short")) }
        for change in changes {
            var response = Response(text)
            change(&response)
            let answer = try await ask(response)
            #expect(answer.headers[.contentEncoding] != "gzip")
            #expect(answer.headers[.vary] == nil)
        }
    }

    @Test func `each piece of a stream can be decompressed when it arrives`() async throws {
        let response = Response(
            headers: [.contentType: "text/plain"],
            body: .stream { writer in
                writer.write(ByteBuffer(string: "one"))
                writer.write(ByteBuffer(string: "two"))
                writer.finish(ByteBuffer(string: "three"))
            }
        )
        let answer = try await ask(response)
        #expect(answer.headers[.contentEncoding] == "gzip")
        #expect(try plain(answer.bytes) == "onetwothree")
        // A sync flush ends each piece with an empty stored block: 00 00 FF FF.
        let bytes = Array(answer.bytes.readableBytesView)
        let ends = (3..<bytes.count).filter { Array(bytes[($0 - 3)...$0]) == [0, 0, 0xFF, 0xFF] }
        #expect(ends.count == 2)
    }

    @Test func `a short stream with a single piece isn't compressed`() async throws {
        let response = Response(
            headers: [.contentType: "text/plain"],
            body: .stream { $0.finish(ByteBuffer(string: "ok")) }
        )
        let answer = try await ask(response)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == "ok")
    }

    @Test func `the response to HEAD has the fields of the response to GET`() async throws {
        var response = Response(text)
        response.headers[.eTag] = #""abc""#
        let get = try await ask(response)
        let head = try await ask(response, method: .head)
        #expect(head.headers == get.headers)
        // The server takes the length from this body; it must be that of the response to GET (RFC 9110 §8.6).
        #expect(head.bytes == get.bytes)
    }

    @Test func `a streamed response to HEAD isn't compressed`() async throws {
        let streamed = Response(
            headers: [.contentType: "text/plain", .contentLength: "5000"],
            body: .stream { $0.finish() }
        )
        let answer = try await ask(streamed, method: .head)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.contentLength] == "5000")
    }

    @Test func `a text that gzip doesn't shorten is sent uncompressed`() async throws {
        var generator = SystemRandomNumberGenerator()
        let noise = ByteBuffer(bytes: (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let answer = try await ask(Response(headers: [.contentType: "text/plain"], body: .bytes(noise)))
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.bytes == noise)
    }

    @Test(arguments: [("*", "*"), ("accept-encoding", "accept-encoding"), ("A, B", "A, B, Accept-Encoding")])
    func `Accept-Encoding is added to Vary only if it isn't covered`(vary: String, expected: String) async throws {
        var response = Response(text)
        response.headers[.vary] = vary
        #expect(try await ask(response).headers[.vary] == expected)
    }

    @Test func `a weak tag isn't changed`() async throws {
        var response = Response(text)
        response.headers[.eTag] = #"W/"abc""#
        #expect(try await ask(response).headers[.eTag] == #"W/"abc""#)
    }

    @Test(arguments: [-1, 0, 10, 100]) func `a level out of range becomes the nearest level`(level: Int) async throws {
        let exchange = Exchange()
        let request = try exchange.request("/", [.acceptEncoding: "gzip"])
        let handler = Compress(level: level).wrapping(Fixed(response: Response(text)))
        #expect(try await exchange.answer(request, from: handler).headers[.contentEncoding] == "gzip")
    }

    @Test func `a body of exactly the minimum length is compressed, a shorter one isn't`() async throws {
        for (length, coding) in [(1_023, nil), (1_024, "gzip")] {
            #expect(try await ask(Response(String(repeating: "x", count: length))).headers[.contentEncoding] == coding)
        }
    }

    // MARK: Streams

    private func stream(
        _ headers: HTTPFields = [.contentType: "text/plain"],
        _ body: @escaping @Sendable (any ResponseWriter) -> Void
    ) async throws -> Exchange.Answer {
        try await ask(Response(headers: headers, body: .stream(body)))
    }

    @Test func `a stream with a short Content-Length isn't compressed`() async throws {
        for (length, coding) in [("1023", nil), ("1024", "gzip")] {
            let answer = try await stream([.contentType: "text/plain", .contentLength: length]) { writer in
                writer.write(ByteBuffer(string: "hello"))
                writer.finish()
            }
            #expect(answer.headers[.contentEncoding] == coding)
            #expect(answer.headers[.contentLength] == (coding == nil ? length : nil))
            #expect(answer.headers[.vary] == (coding == nil ? nil : "Accept-Encoding"))
        }
    }

    @Test func `writing no bytes doesn't decide about compression`() async throws {
        let answer = try await stream([:]) { writer in
            writer.write(ByteBuffer())
            writer.headers[.contentType] = "text/plain"
            writer.write(ByteBuffer(string: "hello"))
            writer.finish()
        }
        #expect(answer.headers[.contentEncoding] == "gzip")
        #expect(try plain(answer.bytes) == "hello")
    }

    @Test func `a stream that isn't chunked isn't compressed`() async throws {
        let answer = try await stream { writer in
            writer.isChunked = false
            writer.write(ByteBuffer(string: "hello"))
            writer.finish()
        }
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == "hello")
    }

    @Test func `a file region stops compression if it is first, and aborts a compressed stream`() throws {
        let file = try TemporaryDirectory()
        try file.write("file", to: "x")
        let exchange = Exchange()
        for isFirst in [true, false] {
            let handle = try NIOFileHandle(_deprecatedPath: file.path + "/x")
            defer { try? handle.close() }
            let response = Response(headers: [.contentType: "text/plain"])
            let recording = RecordingWriter(response, eventLoop: exchange.loop)
            let writer = CompressingWriter(
                recording,
                isWanted: true,
                minimumLength: 0,
                level: 6,
                compressesEvents: false
            )
            if !isFirst { writer.write(ByteBuffer(string: "hello")) }
            writer.write(FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 4))
            writer.write(ByteBuffer(string: "more"))
            #expect(recording.isAborted == !isFirst)
            #expect(recording.headers[.contentEncoding] == (isFirst ? nil : "gzip"))
            if isFirst { #expect(String(buffer: recording.body) == "filemore") }
        }
    }

    // MARK: Accept-Encoding

    @Test(arguments: [
        ("gzip", "gzip"), ("x-gzip", "gzip"), ("GZIP", "gzip"), ("*", "br"), ("*;q=0, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("gzip, br", "br"), ("gzip;q=1, br;q=0.9", "gzip"), ("gzip;q=2, br;q=1", "br"), ("gzip;q=x, br;q=0.1", "br"),
        ("identity, gzip;q=0.5", nil), ("identity;q=0.5, gzip;q=0.5", "gzip"), ("", nil), ("deflate", nil),
    ])
    func `the coding with the highest weight, or the server's first, is used`(field: String, expected: String?) {
        #expect(AcceptedEncodings(field).preferred(among: ["br", "gzip"]) == expected)
    }

    @Test func `without Accept-Encoding, or if it is too long, nothing is compressed`() {
        #expect(AcceptedEncodings(nil).preferred(among: ["gzip"]) == nil)
        for (length, coding) in [(1_024, "gzip"), (1_025, nil)] {
            let field = "gzip" + String(repeating: ",", count: length - 4)
            #expect(AcceptedEncodings(field).preferred(among: ["gzip"]) == coding)
        }
    }
}
