import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Requests that bind a polling session, or what stands behind it.
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

    /// A `POST` whose body comes piece by piece.
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

    // CVE-2020-36048: one POST at a time, counted from its first byte, so that nobody collects many at once.
    @Test func `a second POST while the first still comes is 400, and ends the session`() async throws {
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

    @Test func `two POSTs that come at once end the session with the second`() async throws {
        let target = try await target()
        let (first, _) = try await slowPost(target)
        let (second, body) = try await slowPost(target)
        #expect(try await second.response().status == .badRequest)
        #expect(io.connectionCount == 0)
        #expect(try await first.finishedResponse() == nil)
        // What still comes of it is heard by nobody.
        try await client.onLoop {
            body.receive(.bytes(ByteBuffer(string: "40")))
            body.receive(.end)
        }
        #expect(io.statistics.sockets == 0)
    }

    @Test func `POSTs one behind the other have their places`() async throws {
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

    // CVE-2020-36048, CVE-2026-48809: the limit counts what comes, not what was announced.
    @Test func `a POST that grows too big is 413 at once, and the next one has its place`() async throws {
        let target = try await target()
        let (exchange, body) = try await slowPost(target)
        try await client.onLoop { body.receive(.bytes(ByteBuffer(repeating: 0x34, count: 1_000_000))) }
        #expect(try await exchange.finishedResponse() == nil)
        try await client.onLoop { body.receive(.bytes(ByteBuffer(repeating: 0x34, count: 1))) }
        let answer = try await exchange.response()
        #expect(answer.status == .contentTooLarge)
        // The rest of the body may still be coming.
        #expect(answer.headers[.connection] == "close")
        #expect(io.connectionCount == 1)
        #expect(try await client.post(target, body: "40").text == "ok")
    }

    @Test(arguments: [HTTPError(.badRequest), HTTPError(.requestTimeout)])
    func `a POST that breaks off, or never ends, ends the session and its poll`(error: HTTPError) async throws {
        let target = try await target()
        let poll = try await client.start(.get, target)
        let (exchange, body) = try await slowPost(target)
        try await client.onLoop { body.receive(.failure(error)) }
        #expect(try await exchange.response().status == error.status)
        #expect(try await poll.response().text == "1")
        #expect(io.connectionCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    // Seen with Python's requests, which send a head and its body in two segments.
    @Test func `a POST with the sid of a WebSocket that breaks off once it was refused leaves the WebSocket alone`()
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

    @Test func `a POST of a client that has upgraded meanwhile may break off`() async throws {
        let target = try await target()
        let (_, body) = try await slowPost(target)
        let webSocket = try await client.webSocket(target.replacing("polling", with: "websocket"))
        try await webSocket.send("2probe")
        #expect(try await webSocket.next() == .text("3probe"))
        try await webSocket.send("5")
        try await client.onLoop { body.receive(.failure(HTTPError(.badRequest))) }
        #expect(io.connectionCount == 1)
    }

    // CVE-2026-59725: every path of an error ends its answer.
    @Test func `a POST to a session that has ended meanwhile is answered`() async throws {
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

    // Other methods must not hang.
    @Test(arguments: ["?EIO=4&transport=polling", "?EIO=3&transport=polling", "xhr-polling//1", "1/xhr-polling/nobody"])
    func `no method hangs`(tail: String) async throws {
        for name in ["HEAD", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "OPTIONS"] {
            let method = try #require(HTTPRequest.Method(name))
            _ = try await client.execute(method, "/socket.io/\(tail)")
        }
        #expect(io.connectionCount == 0)
    }

    // peer-swift.md, fault 4: from its probe to its end an upgrade costs no request and no message.
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
    func `a session that is opened and abandoned is gone by itself`(tail: String, seconds: Int) async throws {
        for _ in 0..<100 { #expect(try await client.get("/socket.io/\(tail)").status == .ok) }
        #expect(io.connectionCount + io.announced.count == 100)
        await client.advance(by: .seconds(seconds))
        #expect(io.connectionCount == 0)
        #expect(io.announced.count == 0)
        #expect(io.statistics.liveConnections == 0)
        #expect(io.statistics.sockets == 0)
    }
}
