import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustWeb

/// Compressed bodies of requests.
@Suite struct DecompressTests {
    private let text = String(repeating: "hello, world. ", count: 5_000)

    private func compressed(_ text: String, _ format: CompressionFormat = .gzip) throws -> ByteBuffer {
        try Deflator.compress(ByteBuffer(string: text), format)
    }

    /// Answers with the body and the fields about it.
    private static let echo = ImmediateOrLater { request in
        let body = try await request.body.collect()
        let fields = "\(request.headers[.contentEncoding] ?? "-") \(request.headers[.contentLength] ?? "-")"
        return Response("\(fields) \(String(buffer: body))")
    }

    private struct ImmediateOrLater: Handler {
        let body: @Sendable (Request) async throws -> Response
        func answer(_ request: Request) -> Answer { .pending { try await body(request) } }
    }

    private func request(
        _ coding: String?,
        _ body: ByteBuffer,
        pieces: Int? = nil,
        in exchange: Exchange
    ) throws -> Request {
        var request = try exchange.request("/", method: .post)
        request.headers[.contentEncoding] = coding
        request.headers[.contentLength] = "\(body.readableBytes)"
        guard let pieces else {
            request.body = RequestBody(body)
            return request
        }
        let stream = RequestBodyStream(eventLoop: exchange.loop)
        var rest = body
        while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
            stream.receive(.bytes(piece))
        }
        stream.receive(.end)
        request.body = RequestBody(stream)
        return request
    }

    private func send(
        _ coding: String?,
        _ body: ByteBuffer,
        pieces: Int? = nil,
        through middleware: [any Middleware] = [Decompress()]
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        let request = try request(coding, body, pieces: pieces, in: exchange)
        return try await exchange.answer(request, from: Self.echo.wrapped(in: middleware))
    }

    @Test(arguments: ["gzip", "GZip", "x-gzip", "identity, gzip"], [nil, 1, 700])
    func `a body in gzip is read like any other, whole or in pieces`(coding: String, pieces: Int?) async throws {
        let answer = try await send(coding, compressed(text), pieces: pieces)
        #expect(answer.text == "- - \(text)")
    }

    @Test func `deflate has zlib's header`() async throws {
        #expect(try await send("deflate", compressed(text, .zlib)).text == "- - \(text)")
        let raw = try await send("deflate", compressed(text, .raw(windowBits: 15)))
        #expect(raw.status == .badRequest)
        #expect(raw.text == "the compressed body is corrupt")
    }

    @Test func `gzip may have several members, deflate may not`() async throws {
        var two = try compressed("one")
        two.writeImmutableBuffer(try compressed("two"))
        for pieces in [nil, 1, 7] { #expect(try await send("gzip", two, pieces: pieces).text == "- - onetwo") }
        var deflated = try compressed("one", .zlib)
        deflated.writeImmutableBuffer(try compressed("two", .zlib))
        #expect(try await send("deflate", deflated).status == .badRequest)
        var trailing = try compressed("one")
        trailing.writeString("garbage")
        #expect(try await send("gzip", trailing).status == .badRequest)
    }

    @Test func `a truncated body fails at every length with 400`() async throws {
        let whole = try compressed("hello")
        for length in 1..<whole.readableBytes {
            let part = try #require(whole.getSlice(at: whole.readerIndex, length: length))
            let answer = try await send("gzip", part, pieces: 3)
            #expect(answer.status == .badRequest)
            #expect(answer.text == "the compressed body isn't complete", "\(length)")
        }
    }

    @Test func `a wrong checksum and other corrupt bytes fail with 400`() async throws {
        var corrupt = try compressed(text)
        corrupt.setInteger(0 as UInt32, at: corrupt.writerIndex - 8)
        #expect(try await send("gzip", corrupt).text == "the compressed body is corrupt")
        #expect(try await send("gzip", ByteBuffer(string: "plain text")).text == "the compressed body is corrupt")
    }

    @Test func `a bomb fails with 413 at the limit, however small it is`() async throws {
        let bomb = try compressed(String(repeating: "0", count: 5_000_000))
        #expect(bomb.readableBytes < 10_000)
        let answer = try await send("gzip", bomb, through: [Decompress(upTo: 1_000_000), BodyLimit(.max)])
        #expect(answer.status == .contentTooLarge)
        let exact = try compressed(String(repeating: "0", count: 100_000))
        #expect(try await send("gzip", exact, through: [Decompress(upTo: 100_000)]).status == .ok)
        #expect(try await send("gzip", exact, through: [Decompress(upTo: 99_999)]).status == .contentTooLarge)
    }

    @Test func `members without content are bounded by the number of compressed bytes`() async throws {
        let empty = try compressed("")
        var many = ByteBuffer()
        for _ in 0..<1_000 { many.writeImmutableBuffer(empty) }
        for pieces in [nil, 500] {
            let answer = try await send("gzip", many, pieces: pieces, through: [Decompress(upTo: 10_000)])
            #expect(answer.status == .contentTooLarge)
        }
    }

    @Test func `a limit of bodies counts decompressed bytes, outside and inside`() async throws {
        let body = try compressed(text)
        #expect(body.readableBytes < 1_000)
        #expect(try await send("gzip", body, through: [BodyLimit(1_000), Decompress()]).status == .contentTooLarge)
        #expect(try await send("gzip", body, through: [Decompress(), BodyLimit(1_000)]).status == .contentTooLarge)
        #expect(try await send("gzip", body, through: [BodyLimit(100), Decompress()]).status == .contentTooLarge)
        let room = text.utf8.count
        #expect(try await send("gzip", body, through: [BodyLimit(room), Decompress()]).status == .ok)
        // Without a limit, collecting has its own of 1 MiB.
        let large = try compressed(String(repeating: "0", count: 2 << 20))
        #expect(try await send("gzip", large).status == .contentTooLarge)
        #expect(try await send("gzip", large, through: [Decompress(), BodyLimit(4 << 20)]).status == .ok)
    }

    @Test(arguments: ["br", "gzip, gzip", "gzip, br", "compress", "zstd", "*", "gzip;q=1"])
    func `another coding is 415 with the codings that are accepted, before the body is read`(
        coding: String
    ) async throws {
        let exchange = Exchange()
        let stream = RequestBodyStream(eventLoop: exchange.loop)
        stream.onDemand = { if $0 { Issue.record("the body is read") } }
        var request = try exchange.request("/", [.contentEncoding: coding], method: .post)
        request.body = RequestBody(stream)
        let answer = try await exchange.answer(request, from: Decompress().wrapping(Self.echo))
        #expect(answer.status == .unsupportedMediaType)
        #expect(answer.headers[.acceptEncoding] == "gzip, deflate")
    }

    @Test func `a request without a coding or without a body is unchanged`() async throws {
        #expect(try await send(nil, ByteBuffer(string: "plain")).text == "- 5 plain")
        #expect(try await send("identity", ByteBuffer(string: "plain")).text == "identity 5 plain")
        #expect(try await send("gzip", ByteBuffer()).text == "gzip 0 ")
        #expect(try await send("br", ByteBuffer()).text == "br 0 ")
    }

    @Test func `nothing is read or decompressed before the reader asks, and not much more than it asks for`()
        async throws
    {
        let exchange = Exchange()
        let stream = RequestBodyStream(eventLoop: exchange.loop)
        var demands: [Bool] = []
        stream.onDemand = { demands.append($0) }
        var request = try exchange.request("/", [.contentEncoding: "gzip"], method: .post)
        request.body = RequestBody(stream)
        let inner = Mutex<Request?>(nil)
        let handler = Decompress(upTo: 1 << 30).wrapping(
            ImmediateHandler { request in
                inner.withLock { $0 = request }
                return "later"
            }
        )
        _ = try handler.answer(request).immediateResponse
        #expect(demands.isEmpty)
        let body = try #require(inner.withLock { $0 }?.body)
        var iterator = RequestBody.Iterator(body)
        // 16 MB of zeros in 16 KB.
        stream.receive(.bytes(try compressed(String(repeating: "0", count: 16_000_000))))
        demands = []
        let first = try await iterator.next()
        #expect(try #require(first).readableBytes < 3_000_000)
        #expect(demands.last == true)
    }

    @Test func `the error of the connection reaches the reader`() async throws {
        let exchange = Exchange()
        let stream = RequestBodyStream(eventLoop: exchange.loop)
        var request = try exchange.request("/", [.contentEncoding: "gzip"], method: .post)
        request.body = RequestBody(stream)
        stream.receive(.bytes(try compressed(text)))
        stream.receive(.failure(HTTPError(.requestTimeout)))
        let answer = try await exchange.answer(request, from: Decompress().wrapping(Self.echo))
        #expect(answer.status == .requestTimeout)
    }

    @Test func `a body is collected without a task as well`() throws {
        let exchange = Exchange()
        var request = try request("gzip", compressed(text), pieces: 100, in: exchange)
        request.body = request.body.decoded(by: BodyInflator(.gzip), upTo: 1 << 20, on: exchange.executor)
        var collected: String?
        request.body.collect(upTo: 1 << 20) { result in collected = (try? result.get()).map { String(buffer: $0) } }
        #expect(collected == text)
    }
}
