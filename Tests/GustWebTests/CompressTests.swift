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
        func respond(to request: Request) async throws -> Response { response }
        func respondInPlace(to request: Request) throws -> Response? { response }
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
}
