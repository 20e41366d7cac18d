import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustServer

/// Interim responses and trailers, on the wire.
@Suite struct TrailerTests {
    private let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private func wire(_ body: @escaping @Sendable (any ServerResponseWriter) -> Void) throws -> Wire {
        try Wire(
            ImmediateHandler { _ in
                Response(
                    body: .stream { writer in if let writer = writer as? any ServerResponseWriter { body(writer) } }
                )
            }
        )
    }

    @Test func `trailers are sent behind the last chunk`() throws {
        let wire = try wire { writer in
            writer.write(ByteBuffer(string: "a"))
            writer.trailers = [.server: "x"]
            writer.finish()
        }
        #expect(
            try wire.send(get)
                == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nServer: x\r\n\r\n"
        )
        #expect(wire.isOpen)
    }

    @Test func `a body in one piece is sent in a chunk if it has trailers`() throws {
        let wire = try wire { writer in
            writer.trailers = [.server: "x"]
            writer.finish(ByteBuffer(string: "a"))
        }
        #expect(try wire.send(get).hasSuffix("\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nServer: x\r\n\r\n"))
    }

    @Test(arguments: ["Content-Length", "Transfer-Encoding", "Set-Cookie", "Content-Type", "Connection", "Location"])
    func `a field that a trailer section may not have is left out`(name: String) throws {
        let wire = try wire { writer in
            writer.write(ByteBuffer(string: "a"))
            if let name = HTTPField.Name(name) { writer.trailers = [name: "5"] }
            writer.finish()
        }
        #expect(try wire.send(get).hasSuffix("\r\n1\r\na\r\n0\r\n\r\n"))
    }

    @Test func `a body with a Content-Length has no trailers`() throws {
        let wire = try wire { writer in
            writer.headers[.contentLength] = "1"
            writer.trailers = [.server: "x"]
            writer.finish(ByteBuffer(string: "a"))
        }
        #expect(try wire.send(get) == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    }

    @Test func `early hints precede the response`() throws {
        let wire = try wire { writer in
            writer.sendInterim(HTTPResponse.Status(code: 103, reasonPhrase: "Early Hints"), [.contentLanguage: "en"])
            writer.finish(ByteBuffer(string: "a"))
            writer.sendInterim(HTTPResponse.Status(code: 103, reasonPhrase: "Early Hints"), [:])
        }
        let hints = "HTTP/1.1 103 Early Hints\r\nContent-Language: en\r\n\r\n"
        #expect(try wire.send(get) == "\(hints)HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    }

    @Test func `a client of HTTP 1.0 gets neither early hints nor trailers`() throws {
        let wire = try wire { writer in
            writer.sendInterim(HTTPResponse.Status(code: 103, reasonPhrase: "Early Hints"), [:])
            writer.trailers = [.server: "x"]
            writer.finish(ByteBuffer(string: "a"))
        }
        #expect(try wire.send("GET / HTTP/1.0\r\n\r\n") == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na")
    }

    @Test func `what was written before an abort is sent`() throws {
        let wire = try wire { writer in
            writer.write(ByteBuffer(string: "a"))
            writer.abort()
        }
        #expect(try wire.send(get) == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        #expect(!wire.isOpen)
    }

    @Test func `a writer learns of the shutdown, also if it has already begun`() throws {
        let calls = Mutex(0)
        let wire = try wire { writer in
            writer.onShutdown = {
                calls.withLock { $0 += 1 }
                writer.finish()
            }
            writer.write(ByteBuffer(string: "a"))
        }
        try wire.send(get)
        #expect(calls.withLock { $0 } == 0)
        wire.context.beginShutdown()
        #expect(calls.withLock { $0 } == 1)
        #expect(try wire.received() == "0\r\n\r\n")
        #expect(!wire.isOpen)
    }
}
