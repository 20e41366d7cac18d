import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Requests that could block a polling connection or use up memory.
@Suite("Attacks on polling", .leavesNothing) struct PollingAttackTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        client = TestClient(EndpointHarness(io))
    }

    private func target() async throws -> String {
        let text = try await client.get("/socket.io/?EIO=4&transport=polling").text
        let start = try #require(text.firstRange(of: #""sid":""#)).upperBound
        return "/socket.io/?EIO=4&transport=polling&sid=\(text[start...].prefix(20))"
    }

    /// Starts a `POST` whose body the test sends in parts.
    private func slowPost(_ target: String) async throws -> (exchange: TestExchange, body: RequestBodyStream) {
        let access = try #require(client.access as? HandlerAccess)
        let stream = RequestBodyStream(eventLoop: access.eventLoop)
        let request = TestRequest(
            method: .post,
            target: try #require(RequestTarget(target)),
            headers: [:],
            body: ByteBuffer()
        )
        return (TestExchange(access, try await access.start(request, body: RequestBody(stream))), stream)
    }

    // CVE-2020-36048: a connection handles one POST at a time, from its first byte, so that bodies can't accumulate.
    @Test func `a second POST during the first is answered 400 and closes the connection`() async throws {
        let target = try await target()
        let (first, body) = try await slowPost(target)
        try await client.onLoop { body.receive(.bytes(ByteBuffer(string: "4"))) }
        #expect(try await client.post(target, body: "40").status == .badRequest)
        #expect(io.connectionCount == 0)
        try await client.onLoop {
            body.receive(.bytes(ByteBuffer(string: "0")))
            body.receive(.end)
        }
        #expect(try await first.response().status == .badRequest)
    }

    @Test func `two simultaneous POSTs close the connection`() async throws {
        let target = try await target()
        let (first, _) = try await slowPost(target)
        let (second, body) = try await slowPost(target)
        #expect(try await second.response().status == .badRequest)
        #expect(io.connectionCount == 0)
        #expect(try await first.finishedResponse() == nil)
        // The rest of the body is ignored.
        try await client.onLoop {
            body.receive(.bytes(ByteBuffer(string: "40")))
            body.receive(.end)
        }
        #expect(io.statistics.sockets == 0)
    }

    @Test func `consecutive POSTs are handled`() async throws {
        let target = try await target()
        for text in ["40", "42[\"x\"]", "42[\"y\"]"] {
            let (exchange, body) = try await slowPost(target)
            try await client.onLoop {
                body.receive(.bytes(ByteBuffer(string: text)))
                body.receive(.end)
            }
            #expect(try await exchange.response().text == "ok")
        }
        #expect(io.statistics.sockets == 1)
    }

    // CVE-2020-36048, CVE-2026-48809: the limit applies to the received bytes, not to the announced length.
    @Test func `a POST beyond the limit is answered 413 at once, and the next one is handled`() async throws {
        let target = try await target()
        let (exchange, body) = try await slowPost(target)
        try await client.onLoop { body.receive(.bytes(ByteBuffer(repeating: 0x34, count: 1_000_000))) }
        #expect(try await exchange.finishedResponse() == nil)
        try await client.onLoop { body.receive(.bytes(ByteBuffer(repeating: 0x34, count: 1))) }
        let answer = try await exchange.response()
        #expect(answer.status == .contentTooLarge)
        // The connection is closed, because the client may still send the rest of the body.
        #expect(answer.headers[.connection] == "close")
        #expect(io.connectionCount == 1)
        #expect(try await client.post(target, body: "40").text == "ok")
    }

    @Test(arguments: [HTTPError(.badRequest), HTTPError(.requestTimeout)])
    func `an incomplete POST closes the connection and answers its poll`(error: HTTPError) async throws {
        let target = try await target()
        let poll = try await client.start(.get, target)
        let (exchange, body) = try await slowPost(target)
        try await client.onLoop { body.receive(.failure(error)) }
        #expect(try await exchange.response().status == error.status)
        #expect(try await poll.response().text == "1")
        #expect(io.connectionCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    // Python's requests library sends the head and the body in two segments.
    @Test func `an incomplete, refused POST with the sid of a WebSocket doesn't affect the WebSocket`()
        async throws
    {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        guard case .text(let opening) = try await webSocket.next() else { throw TestError.closed }
        let sid = try #require(opening.firstMatch(of: /"sid":"([^"]+)"/)).1
        let (exchange, body) = try await slowPost("/socket.io/?EIO=4&transport=polling&sid=\(sid)")
        #expect(try await exchange.response().status == .badRequest)
        try await client.onLoop { body.receive(.failure(HTTPError(.badRequest))) }
        #expect(io.connectionCount == 1)
        try await webSocket.send("40")
        #expect(try await webSocket.next() != .close(nil))
    }

    @Test func `an incomplete POST doesn't close a connection that has upgraded`() async throws {
        let target = try await target()
        let (_, body) = try await slowPost(target)
        let webSocket = try await client.webSocket(target.replacing("polling", with: "websocket"))
        try await webSocket.send("2probe")
        #expect(try await webSocket.next() == .text("3probe"))
        try await webSocket.send("5")
        try await client.onLoop { body.receive(.failure(HTTPError(.badRequest))) }
        #expect(io.connectionCount == 1)
    }

    // CVE-2026-59725: the response ends in every case of an error.
    @Test func `a POST is answered if the connection ends before its body`() async throws {
        let target = try await target()
        let (exchange, body) = try await slowPost(target)
        await client.advance(by: .seconds(46))
        #expect(io.connectionCount == 0)
        try await client.onLoop {
            body.receive(.bytes(ByteBuffer(string: "40")))
            body.receive(.end)
        }
        #expect(try await exchange.response().status == .badRequest)
    }

    // Requests with other methods must be answered too.
    @Test(arguments: ["?EIO=4&transport=polling", "?EIO=3&transport=polling", "xhr-polling//1", "1/xhr-polling/nobody"])
    func `every method is answered`(tail: String) async throws {
        for name in ["HEAD", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "OPTIONS"] {
            let method = try #require(HTTPRequest.Method(name))
            _ = try await client.execute(method, "/socket.io/\(tail)")
        }
        #expect(io.connectionCount == 0)
    }

    // Between the probe and the end of an upgrade no request fails and no message is lost.
    @Test func `a client that polls and posts while it upgrades loses nothing`() async throws {
        io.onConnect { socket in
            socket.on("message") { (event: ReceivedEvent) in socket.emit("message", arguments: event.arguments) }
        }
        let target = try await target()
        #expect(try await client.post(target, body: "40").text == "ok")
        _ = try await client.get(target)
        let webSocket = try await client.webSocket(target.replacing("polling", with: "websocket"))
        try await webSocket.send("2probe")
        #expect(try await webSocket.next() == .text("3probe"))
        var heard: [String] = []
        for number in 0..<20 {
            #expect(try await client.post(target, body: #"42["message",\#(number)]"#).text == "ok")
            if number % 3 == 0 {
                heard += try await client.get(target).text.split(separator: "\u{1E}").map(String.init)
            }
        }
        let last = try await client.start(.get, target)
        if let answer = try await last.finishedResponse() {
            heard += answer.text.split(separator: "\u{1E}").map(String.init)
        }
        try await webSocket.send("5")
        while case .text(let text)? = try await webSocket.nextIfAny() { heard.append(text) }
        #expect(heard.filter { $0 != "6" } == (0..<20).map { #"42["message",\#($0)]"# })
        #expect(try await client.post(target, body: "40").status == .badRequest)
        #expect(io.connectionCount == 1)
    }

    @Test(arguments: [
        ("?EIO=4&transport=polling", 46), ("?EIO=3&transport=polling", 46), ("xhr-polling//1", 9),
        ("jsonp-polling//1/0", 9), ("1/?t=1", 31), ("1/?jsonp=0", 31),
    ])
    func `an abandoned connection ends after its timeout`(tail: String, seconds: Int) async throws {
        for _ in 0..<100 { #expect(try await client.get("/socket.io/\(tail)").status == .ok) }
        #expect(io.connectionCount + io.announced.count == 100)
        await client.advance(by: .seconds(seconds))
        #expect(io.connectionCount == 0)
        #expect(io.announced.count == 0)
        #expect(io.statistics.liveConnections == 0)
        #expect(io.statistics.sockets == 0)
    }
}
