import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustHTTP

/// Reading of bodies and their limits.
@Suite struct RequestBodyTests {
    private func length(_ result: Result<ByteBuffer, HTTPError>?) -> String {
        switch result {
        case .success(let bytes): "\(bytes.readableBytes)"
        case .failure(let error): "\(error.status.code)"
        case nil: "nothing yet"
        }
    }

    @Test func `the limit applies to a body that has been received, with and without a task`() async throws {
        func body() -> RequestBody { RequestBody(ByteBuffer(string: "12345")) }
        var results: [String] = []
        for limit in [5, 4] { body().collect(upTo: limit) { results.append(length($0)) } }
        #expect(results == ["5", "413"])
        #expect(try await body().collect(upTo: 5).readableBytes == 5)
        await #expect(throws: HTTPError.self) { try await body().collect(upTo: 4) }
    }

    /// A body of "12345", received in full or as a stream of two pieces.
    private func body(inPieces isStreamed: Bool) -> RequestBody {
        guard isStreamed else { return RequestBody(ByteBuffer(string: "12345")) }
        let stream = RequestBodyStream(eventLoop: EmbeddedEventLoop())
        for piece in ["1", "2345"] { stream.receive(.bytes(ByteBuffer(string: piece))) }
        stream.receive(.end)
        return RequestBody(stream)
    }

    @Test(arguments: [false, true])
    func `a body can't be read twice`(isStreamed: Bool) async throws {
        let collected = body(inPieces: isStreamed)
        #expect(try await collected.collect().readableBytes == 5)
        let again = await #expect(throws: HTTPError.self) { try await collected.collect() }
        #expect(again?.status == .internalServerError)
        #expect(again?.message == "the request's body has already been read")
        var result: Result<ByteBuffer, HTTPError>?
        collected.collect(upTo: 10) { result = $0 }
        #expect(length(result) == "500")

        let iterated = body(inPieces: isStreamed)
        var count = 0
        for try await piece in iterated { count += piece.readableBytes }
        #expect(count == 5)
        await #expect(throws: HTTPError.self) { for try await _ in iterated {} }
        await #expect(throws: HTTPError.self) { try await iterated.collect() }
    }

    @Test func `an empty body can be read any number of times`() async throws {
        let body = RequestBody()
        for _ in 0..<2 { #expect(try await body.collect().readableBytes == 0) }
    }

    @Test func `the smaller of two limits applies, in either order`() async throws {
        for limits in [[4, 9], [9, 4]] {
            var body = RequestBody(ByteBuffer(string: "12345"))
            for limit in limits { body.limit(to: limit) }
            let error = await #expect(throws: HTTPError.self) { try await body.collect() }
            #expect(error?.status == .contentTooLarge)
            // A reader's higher limit doesn't exceed it.
            var other = RequestBody(ByteBuffer(string: "12345"))
            for limit in limits { other.limit(to: limit) }
            var result: Result<ByteBuffer, HTTPError>?
            other.collect(upTo: 100) { result = $0 }
            #expect(length(result) == "413")
        }
    }

    @Test func `a received body is a sequence of one piece, an empty body of none`() async throws {
        var pieces: [Int] = []
        for try await piece in RequestBody(ByteBuffer(string: "12345")) { pieces.append(piece.readableBytes) }
        #expect(pieces == [5])
        for try await _ in RequestBody() { Issue.record("a piece") }
    }

    @Test func `a sequence of pieces ends after the limit has been exceeded`() async throws {
        var body = RequestBody(ByteBuffer(string: "12345"))
        body.limit(to: 5)
        var whole = body.makeAsyncIterator()
        #expect(try await whole.next()?.readableBytes == 5)
        body = RequestBody(ByteBuffer(string: "12345"))
        body.limit(to: 4)
        var pieces = body.makeAsyncIterator()
        await #expect(throws: HTTPError.self) { try await pieces.next() }
        #expect(try await pieces.next() == nil)
    }

    @Test func `nothing more is read after the limit has been exceeded`() async throws {
        let stream = RequestBodyStream(eventLoop: EmbeddedEventLoop())
        stream.receive(.bytes(ByteBuffer(string: "1234")))
        var body = RequestBody(stream)
        body.limit(to: 3)
        var pieces = body.makeAsyncIterator()
        await #expect(throws: HTTPError.self) { try await pieces.next() }
        stream.receive(.bytes(ByteBuffer(string: "5")))
        #expect(try await pieces.next() == nil)
    }

    @Test func `a stream is collected up to the limit`() async throws {
        for (limit, expected) in [(4, "4"), (3, "413")] {
            let stream = RequestBodyStream(eventLoop: EmbeddedEventLoop())
            stream.receive(.bytes(ByteBuffer(string: "1234")))
            stream.receive(.end)
            do {
                #expect(try await "\(RequestBody(stream).collect(upTo: limit).readableBytes)" == expected)
            } catch let error as HTTPError {
                #expect("\(error.status.code)" == expected)
            }
        }
    }

    @Test func `the limit applies to all pieces of a stream together`() async throws {
        let loop = EmbeddedEventLoop()
        for (limit, expected) in [(4, "4"), (3, "413")] {
            let stream = RequestBodyStream(eventLoop: loop)
            stream.receive(.bytes(ByteBuffer(string: "12")))
            stream.receive(.bytes(ByteBuffer(string: "34")))
            stream.receive(.end)
            var body = RequestBody(stream)
            body.limit(to: limit)
            var count = 0
            do {
                for try await piece in body { count += piece.readableBytes }
                #expect("\(count)" == expected)
            } catch let error as HTTPError {
                #expect("\(error.status.code)" == expected)
            }
        }
    }
}
