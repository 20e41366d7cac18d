import GustHTTP
import GustWeb
import HTTPTypes
import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import Testing

/// The middleware logs one line for each request.
@Suite struct AccessLogTests {
    private let lines = InMemoryLogHandler()
    private let exchange = Exchange()

    private func log(_ handler: any Handler, includesQuery: Bool = false) -> any Handler {
        AccessLog(Logger(label: "test") { _ in lines }, includesQuery: includesQuery).wrapping(handler)
    }

    private func request(_ target: String, method: HTTPRequest.Method = .get) throws -> Request {
        var request = try exchange.request(target, method: method)
        request.peer.address = try SocketAddress(ipAddress: "192.0.2.7", port: 1)
        return request
    }

    /// Runs the body of a streamed response and returns its writer.
    private func stream(_ page: any Handler) throws -> RecordingWriter {
        let response = try #require(try log(page).answer(request("/")).immediateResponse)
        let writer = RecordingWriter(response, eventLoop: exchange.loop)
        guard case .stream(let body) = response.body else { throw HTTPError(.internalServerError, "no stream") }
        body(writer)
        return writer
    }

    @Test func `a line has the method, path, status, size, time and peer`() async throws {
        let loop = exchange.loop
        let page = ImmediateHandler { _ in
            loop.advanceTime(by: .microseconds(12_005))
            return "hello"
        }
        _ = try await exchange.answer(request("/a%20b?token=secret"), from: log(page))
        let line = try #require(lines.entries.first)
        #expect(lines.entries.count == 1)
        #expect(line.message == "answered")
        #expect(
            line.metadata == [
                "method": "GET", "path": "/a%20b", "status": "200", "bytes": "5", "milliseconds": "12.005",
                "peer": "192.0.2.7",
            ]
        )
    }

    @Test func `the query is logged on demand, and the id if there is one`() async throws {
        let page = ImmediateHandler { request in request.id }
        let answer = try await exchange.answer(
            request("/?a=b"),
            from: RequestID().wrapping(log(page, includesQuery: true))
        )
        let line = try #require(lines.entries.first)
        #expect(line.metadata["path"] == "/?a=b")
        #expect(line.metadata["id"] == "\(answer.text)")
        #expect(answer.text.utf8.count == 20)
        #expect(answer.headers[try #require(HTTPField.Name("x-request-id"))] == answer.text)
    }

    @Test func `an incoming id is kept if that is configured and the id has only allowed characters`() async throws {
        let name = try #require(HTTPField.Name("X-Request-ID"))
        let page = ImmediateHandler { request in request.id }
        for (id, isKept) in [
            ("abc-1_2.3", true), ("a b", false), ("ä", false), ("", false), ("é1", false),
            (String(repeating: "a", count: 128), true), (String(repeating: "a", count: 129), false),
        ] {
            var request = try request("/")
            request.headers[name] = id
            let kept = try await exchange.answer(request, from: RequestID(keepsIncoming: true).wrapping(page)).text
            #expect((kept == id) == isKept)
            #expect(try await exchange.answer(request, from: RequestID().wrapping(page)).text != id)
        }
    }

    @Test func `errors are logged with their status, and are passed on`() async throws {
        struct Failure: Error {}
        let forbidden = log(ImmediateHandler { _ -> Response in throw HTTPError(.forbidden) })
        #expect(try await exchange.answer(request("/"), from: forbidden).status == .forbidden)
        let failing = log(SuspendingHandler { _ -> Response in throw Failure() })
        await #expect(throws: Failure.self) { try await failing.respond(to: request("/")) }
        #expect(lines.entries.map { $0.metadata["status"] } == ["403", "500"])
    }

    @Test func `a streamed response is logged when it ends`() async throws {
        let loop = exchange.loop
        let page = ImmediateHandler { _ in
            Response(
                body: .stream { writer in
                    let writer = NIOLoopBound(writer, eventLoop: writer.eventLoop)
                    writer.value.write(ByteBuffer(string: "abc"))
                    loop.scheduleTask(in: .seconds(2)) { writer.value.finish(ByteBuffer(string: "de")) }
                }
            )
        }
        let writer = try stream(page)
        #expect(lines.entries.isEmpty)
        loop.advanceTime(by: .seconds(2))
        #expect(String(buffer: writer.body) == "abcde")
        #expect(lines.entries.first?.metadata["bytes"] == "5")
        #expect(lines.entries.first?.metadata["milliseconds"] == "2000.000")
        #expect(lines.entries.first?.metadata["aborted"] == nil)
    }

    @Test func `a client that disconnects early is logged once`() async throws {
        let page = ImmediateHandler { _ in Response(body: .stream { $0.write(ByteBuffer(string: "abc")) }) }
        let writer = try stream(page)
        writer.onAbort?()
        writer.onAbort?()
        #expect(lines.entries.map { $0.metadata["aborted"] } == ["true"])
    }

    @Test func `a response to HEAD is logged with 0 bytes, and a higher log level suppresses the line`() async throws {
        let page = ImmediateHandler { _ in "hello" }
        _ = try await exchange.answer(request("/", method: .head), from: log(page))
        #expect(lines.entries.map { $0.metadata["bytes"] } == ["0"])
        var quiet = Logger(label: "test") { _ in lines }
        quiet.logLevel = .warning
        for handler: any Handler in [page, SuspendingHandler { _ in "hello" }] {
            _ = try await exchange.answer(request("/"), from: AccessLog(quiet).wrapping(handler))
        }
        #expect(lines.entries.count == 1)
    }

    @Test func `a handler is still notified when the client disconnects`() async throws {
        let heard = NIOLoopBoundBox(false, eventLoop: exchange.loop)
        let page = ImmediateHandler { _ in
            Response(body: .stream { writer in writer.onAbort = { heard.value = true } })
        }
        let writer = try stream(page)
        writer.onAbort?()
        #expect(heard.value)
    }

    @Test func `a response that the handler aborts is logged as aborted, once`() async throws {
        let page = ImmediateHandler { _ in
            Response(
                body: .stream { writer in
                    writer.write(ByteBuffer(string: "abc"))
                    writer.abort()
                }
            )
        }
        _ = try stream(page)
        #expect(lines.entries.map { $0.metadata["aborted"] } == ["true"])
        #expect(lines.entries.map { $0.metadata["bytes"] } == ["3"])
    }

    @Test func `a handler that is cancelled after a disconnect is logged as aborted, not as a failure`()
        async throws
    {
        let logger = Logger(label: "test") { _ in lines }
        let page = SuspendingHandler { _ -> String in throw CancellationError() }
        let handler = log(ErrorPages(logger) { error, _ in error.message }.wrapping(page))
        let request = try request("/")
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await handler.answer(request).response()
        }
        task.cancel()
        try await task.value
        #expect(lines.entries.map { "\($0.message)" } == ["answered"])
        #expect(lines.entries.first?.metadata["status"] == "499")
        #expect(lines.entries.first?.metadata["aborted"] == "true")
    }

    @Test func `the response to an error that a handler throws has the id too`() async throws {
        let name = try #require(HTTPField.Name("X-Request-ID"))
        for page: any Handler in [
            ImmediateHandler { _ -> Response in throw HTTPError(.notFound) },
            SuspendingHandler { _ -> Response in throw HTTPError(.notFound) },
        ] {
            let answer = try await exchange.answer(request("/"), from: RequestID().wrapping(page))
            #expect(answer.status == .notFound)
            #expect(answer.headers[name]?.utf8.count == 20)
        }
    }
}
