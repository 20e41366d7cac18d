import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustHTTP

/// Parts of a body that is received piece by piece, on demand.
@Suite struct MultipartReaderTests {
    /// A body whose pieces are received on demand.
    private final class Pieces {
        let stream = RequestBodyStream(eventLoop: EmbeddedEventLoop())
        private(set) var rest: [String]

        init(_ pieces: [String]) {
            rest = pieces
            stream.onDemand = { [unowned self] isWanted in
                guard isWanted else { return }
                stream.receive(rest.isEmpty ? .end : .bytes(ByteBuffer(string: rest.removeFirst())))
            }
        }

        func request() throws -> Request {
            Request(
                method: .post,
                target: try #require(RequestTarget("/")),
                headers: [.contentType: "multipart/form-data; boundary=b"],
                body: RequestBody(stream),
                executor: LoopExecutor(EmbeddedEventLoop())
            )
        }
    }

    private let head = "--b\r\nContent-Disposition: form-data; name="

    @Test func `pieces are requested on demand, and all of them after the last part`() async throws {
        let pieces = Pieces([head + "a\r\n\r\n1", "2", "\r\n--b--", "\r\nepi", "logue"])
        var parts = try pieces.request().parts().makeAsyncIterator()
        #expect(pieces.rest.count == 5)
        let part = try #require(try await parts.next(isolation: nil))
        #expect(pieces.rest.count == 4)
        var content = part.makeAsyncIterator()
        #expect(try await content.next(isolation: nil) == ByteBuffer(string: "1"))
        #expect(pieces.rest.count == 4)
        #expect(try await content.next(isolation: nil) == ByteBuffer(string: "2"))
        #expect(try await content.next(isolation: nil) == nil)
        #expect(pieces.rest.count == 2)
        // The connection can only be used again after the whole body has been read.
        #expect(try await parts.next(isolation: nil) == nil)
        #expect(pieces.rest.isEmpty)
        #expect(try await parts.next(isolation: nil) == nil)
    }

    @Test func `after its end a part is empty, and the next part follows`() async throws {
        let pieces = Pieces([head + "a\r\n\r\n1\r\n", head + "b\r\n\r\n2\r\n--b--"])
        var read: [String] = []
        for try await part in try pieces.request().parts() {
            for _ in 1...2 { read.append("\(part.name)=\(String(buffer: try await part.collect()))") }
        }
        #expect(read == ["a=1", "a=", "b=2", "b="])
    }

    @Test func `the limit of a part applies to all its pieces together`() async throws {
        for (limit, expected) in [(4, "1234"), (3, "413")] {
            let pieces = Pieces([head + "a\r\n\r\n12", "34", "\r\n--b--"])
            var parts = try pieces.request().parts().makeAsyncIterator()
            let part = try #require(try await parts.next(isolation: nil))
            do {
                #expect(String(buffer: try await part.collect(upTo: limit)) == expected)
            } catch let error as HTTPError {
                #expect("\(error.status.code)" == expected)
            }
        }
    }

    @Test func `a body that ends early throws the same error at every call`() async throws {
        let pieces = Pieces([head + "a\r\n\r\n1"])
        var parts = try pieces.request().parts().makeAsyncIterator()
        let part = try #require(try await parts.next(isolation: nil))
        for _ in 1...2 {
            let error = await #expect(throws: HTTPError.self) { try await part.collect() }
            #expect(error?.description == "400 the body ends before its last delimiter")
        }
    }
}
