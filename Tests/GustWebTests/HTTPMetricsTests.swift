import CoreMetrics
import GustHTTP
import GustWeb
import HTTPTypes
import MetricsTestKit
import NIOCore
import NIOEmbedded
import Testing

/// The middleware measures each request.
@Suite struct HTTPMetricsTests {
    private let metrics = TestMetrics()
    private let exchange = Exchange()

    private func measured(_ handler: any Handler) -> any Handler { HTTPMetrics(metrics).wrapping(handler) }

    private func dimensions(_ method: String, _ status: String) -> [(String, String)] {
        [("method", method), ("route", "none"), ("status", status)]
    }

    private func durations(_ method: String, _ status: String) throws -> [Int64] {
        try metrics.expectTimer("http_server_request_duration_seconds", dimensions(method, status)).values
    }

    private func sizes(_ method: String, _ status: String) throws -> [Double] {
        try metrics.expectRecorder("http_server_response_body_bytes", dimensions(method, status)).values
    }

    private func active(_ method: String) throws -> Double? {
        try metrics.expectMeter("http_server_active_requests", [("method", method)]).lastValue
    }

    @Test func `a request is counted by method and class of the status, with its time and size`() async throws {
        let loop = exchange.loop
        let page = ImmediateHandler { _ in
            loop.advanceTime(by: .milliseconds(12))
            return "hello"
        }
        _ = try await exchange.answer(exchange.request("/a"), from: measured(page))
        #expect(try durations("GET", "2xx") == [12_000_000])
        #expect(try sizes("GET", "2xx") == [5])
        #expect(try metrics.expectCounter("http_server_requests_total", dimensions("GET", "2xx")).totalValue == 1)
        #expect(try active("GET") == 0)
    }

    @Test func `an unknown method is other, and an error counts by its status`() async throws {
        let method = try #require(HTTPRequest.Method("BREW"))
        let page = ImmediateHandler { _ -> Response in throw HTTPError(.notFound, "none") }
        _ = try await exchange.answer(exchange.request("/", method: method), from: measured(page))
        #expect(try durations("other", "4xx") == [0])
        #expect(throws: (any Error).self) { try durations("BREW", "4xx") }
    }

    @Test func `a streamed response lasts until it has been written, and is in progress until then`() async throws {
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
        let response = try #require(try measured(page).answer(exchange.request("/")).immediateResponse)
        guard case .stream(let body) = response.body else { throw HTTPError(.internalServerError, "no stream") }
        body(SlowWriter(response, eventLoop: loop))
        loop.advanceTime(by: .seconds(2))
        #expect(try active("GET") == 1)
        loop.advanceTime(by: .seconds(3))
        #expect(try durations("GET", "2xx") == [5_000_000_000])
        #expect(try sizes("GET", "2xx") == [5])
        #expect(try active("GET") == 0)
    }

    @Test func `a response that another middleware replaces isn't in progress any more`() async throws {
        let page = ImmediateHandler { _ in Response(body: .stream { $0.finish() }) }
        do {
            let answer = measured(page).answer(try exchange.request("/")).map { _ in Response("other") }
            _ = try answer.immediateResponse
        }
        #expect(try active("GET") == 0)
    }

    @Test func `without metrics, a stream keeps its writer`() async throws {
        let page = ImmediateHandler { _ in
            Response(body: .stream { writer in writer.finish(ByteBuffer(string: "\(writer is RecordingWriter)")) })
        }
        let plain = HTTPMetrics(NOOPMetricsHandler.instance).wrapping(page)
        #expect(try await exchange.answer(exchange.request("/"), from: plain).text == "true")
        #expect(try await exchange.answer(exchange.request("/"), from: measured(page)).text == "false")
    }
}

/// A writer whose bytes are handed to the operating system three seconds after the end.
private final class SlowWriter: ForwardingWriter {
    let writer: any ResponseWriter
    var onAbort: (() -> Void)?

    init(_ response: Response, eventLoop: any EventLoop) {
        writer = RecordingWriter(response, eventLoop: eventLoop)
    }

    func write(_ bytes: ByteBuffer) { writer.write(bytes) }
    func write(_ region: FileRegion) { writer.write(region) }
    func abort() { writer.abort() }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        writer.write(bytes)
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .seconds(3)) { completion.value?(true) }
    }
}
