import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore
import Testing

@testable import GustWeb

/// Which answers are sent as gzip, and what they say then.
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

    @Test func `a text is sent as gzip to who takes it`() async throws {
        let answer = try await ask(Response(text))
        #expect(answer.headers[.contentEncoding] == "gzip")
        #expect(answer.headers[.vary] == "Accept-Encoding")
        #expect(answer.bytes.readableBytes < 200)
        #expect(try plain(answer.bytes) == text)
    }

    @Test(arguments: [nil, "identity", "br", "gzip;q=0", "gzip;q=0.1, identity;q=0.5"])
    func `who doesn't take it gets the text, and caches are told that it depends`(encodings: String?) async throws {
        let answer = try await ask(Response(text), accepting: encodings)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.vary] == "Accept-Encoding")
        #expect(answer.text == text)
    }

    @Test func `a strong tag becomes weak, a length goes, and what varies is added to`() async throws {
        var response = Response(text)
        response.headers[.eTag] = #""abc""#
        response.headers[.contentLength] = String(text.utf8.count)
        response.headers[.vary] = "Origin"
        let answer = try await ask(response)
        #expect(answer.headers[.eTag] == #"W/"abc""#)
        #expect(answer.headers[.contentLength] == nil)
        #expect(answer.headers[.vary] == "Origin, Accept-Encoding")
    }

    @Test func `what is encoded, partial, kept or of no use is left alone`() async throws {
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

    @Test func `each piece of a stream can be read when it comes`() async throws {
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
        // A sync flush ends a piece with an empty stored block: 00 00 FF FF.
        let bytes = Array(answer.bytes.readableBytesView)
        let ends = (3..<bytes.count).filter { Array(bytes[($0 - 3)...$0]) == [0, 0, 0xFF, 0xFF] }
        #expect(ends.count == 2)
    }

    @Test func `a stream that is short and whole stays as it is`() async throws {
        let response = Response(
            headers: [.contentType: "text/plain"],
            body: .stream { $0.finish(ByteBuffer(string: "ok")) }
        )
        let answer = try await ask(response)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == "ok")
    }

    @Test func `the answer to HEAD has the fields of that to GET`() async throws {
        var response = Response(text)
        response.headers[.eTag] = #""abc""#
        let get = try await ask(response)
        let head = try await ask(response, method: .head)
        #expect(head.headers == get.headers)
        // From here the server takes the length, which must be that of the answer to GET (RFC 9110 §8.6).
        #expect(head.bytes == get.bytes)
    }

    @Test func `a stream that answers HEAD has nothing to compress`() async throws {
        let streamed = Response(
            headers: [.contentType: "text/plain", .contentLength: "5000"],
            body: .stream { $0.finish() }
        )
        let answer = try await ask(streamed, method: .head)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.contentLength] == "5000")
    }

    @Test func `a text that gzip doesn't shorten is sent as it is`() async throws {
        var generator = SystemRandomNumberGenerator()
        let noise = ByteBuffer(bytes: (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let answer = try await ask(Response(headers: [.contentType: "text/plain"], body: .bytes(noise)))
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.bytes == noise)
    }

    @Test(arguments: [("*", "*"), ("accept-encoding", "accept-encoding"), ("A, B", "A, B, Accept-Encoding")])
    func `what varies is said once`(vary: String, expected: String) async throws {
        var response = Response(text)
        response.headers[.vary] = vary
        #expect(try await ask(response).headers[.vary] == expected)
    }

    @Test func `a weak tag stays as it is`() async throws {
        var response = Response(text)
        response.headers[.eTag] = #"W/"abc""#
        #expect(try await ask(response).headers[.eTag] == #"W/"abc""#)
    }

    @Test(arguments: [-1, 0, 10, 100]) func `a level out of range is the nearest one`(level: Int) async throws {
        let exchange = Exchange()
        let request = try exchange.request("/", [.acceptEncoding: "gzip"])
        let handler = Compress(level: level).wrapping(Fixed(response: Response(text)))
        #expect(try await exchange.answer(request, from: handler).headers[.contentEncoding] == "gzip")
    }

    @Test func `what is as long as the least is compressed, what is shorter isn't`() async throws {
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

    @Test func `a stream whose length is known to be short stays as it is`() async throws {
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

    @Test func `nothing written decides nothing`() async throws {
        let answer = try await stream([:]) { writer in
            writer.write(ByteBuffer())
            writer.headers[.contentType] = "text/plain"
            writer.write(ByteBuffer(string: "hello"))
            writer.finish()
        }
        #expect(answer.headers[.contentEncoding] == "gzip")
        #expect(try plain(answer.bytes) == "hello")
    }

    @Test func `parts that end with the connection are left alone`() async throws {
        let answer = try await stream { writer in
            writer.isChunked = false
            writer.write(ByteBuffer(string: "hello"))
            writer.finish()
        }
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == "hello")
    }

    @Test func `a part of a file is left alone in front, and an error behind what was compressed`() throws {
        let file = try TemporaryDirectory()
        try file.write("file", to: "x")
        let exchange = Exchange()
        for isFirst in [true, false] {
            let handle = try NIOFileHandle(_deprecatedPath: file.path + "/x")
            defer { try? handle.close() }
            let response = Response(headers: [.contentType: "text/plain"])
            let recording = RecordingWriter(response, eventLoop: exchange.loop)
            let writer = CompressingWriter(recording, isWanted: true, minimumLength: 0, level: 6)
            if !isFirst { writer.write(ByteBuffer(string: "hello")) }
            writer.write(FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 4))
            writer.write(ByteBuffer(string: "more"))
            #expect(recording.isAborted == !isFirst)
            #expect(recording.headers[.contentEncoding] == (isFirst ? nil : "gzip"))
            if isFirst { #expect(String(buffer: recording.body) == "filemore") }
        }
    }

    // MARK: What is accepted

    @Test(arguments: [
        ("gzip", "gzip"), ("x-gzip", "gzip"), ("GZIP", "gzip"), ("*", "br"), ("*;q=0, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("gzip, br", "br"), ("gzip;q=1, br;q=0.9", "gzip"), ("gzip;q=2, br;q=1", "br"), ("gzip;q=x, br;q=0.1", "br"),
        ("identity, gzip;q=0.5", nil), ("identity;q=0.5, gzip;q=0.5", "gzip"), ("", nil), ("deflate", nil),
    ])
    func `the coding that a client wants most is chosen, or the server's first`(field: String, expected: String?) {
        #expect(AcceptedEncodings(field).preferred(among: ["br", "gzip"]) == expected)
    }

    @Test func `without a field, or with one that is too long, nothing is compressed`() {
        #expect(AcceptedEncodings(nil).preferred(among: ["gzip"]) == nil)
        for (length, coding) in [(1_024, "gzip"), (1_025, nil)] {
            let field = "gzip" + String(repeating: ",", count: length - 4)
            #expect(AcceptedEncodings(field).preferred(among: ["gzip"]) == coding)
        }
    }
}
