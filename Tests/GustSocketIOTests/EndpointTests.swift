import GustHTTP
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Requests that are refused, byte for byte as the reference refuses them (engine.io 6.6).
@Suite(.leavesNothing) struct EndpointTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        io.onConnect { socket in
            socket.on("message") { (event: ReceivedEvent) in socket.emit("message", arguments: event.arguments) }
        }
        client = TestClient(EndpointHarness(io))
    }

    private func sid() async throws -> String {
        let text = try await client.get("/socket.io/?EIO=4&transport=polling").text
        let start = try #require(text.firstRange(of: #""sid":""#)).upperBound
        return String(text[start...].prefix(20))
    }

    @Test func `the handshake says what the reference says, in its order`() async throws {
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.headers[.contentType] == "text/plain; charset=UTF-8")
        #expect(response.headers[.cacheControl] == "no-store")
        let pattern =
            #/0{"sid":"[A-Za-z0-9_-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}/#
        #expect(response.text.wholeMatch(of: pattern) != nil)
    }

    @Test func `session ids don't repeat and use the whole alphabet`() {
        let ids = (0..<2_000).map { _ in ConnectionIdentifier.make() }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 20 })
        #expect(Set(ids.joined()).count == 64)
    }

    @Test(arguments: [
        ("?EIO=4&transport=abc", 0, "Transport unknown"),
        ("?EIO=4", 0, "Transport unknown"),
        ("?EIO=4&transport=", 0, "Transport unknown"),
        ("?EIO=4&transport=constructor", 0, "Transport unknown"),
        ("?EIO=4&transport=__proto__", 0, "Transport unknown"),
        ("?EIO=4&transport=polling&sid=abc", 1, "Session ID unknown"),
        ("?EIO=4&transport=polling&sid=__proto__", 1, "Session ID unknown"),
        ("?EIO=4&transport=websocket", 3, "Bad request"),
    ])
    func `a bad request is answered 400 with its code`(query: String, code: Int, message: String) async throws {
        let response = try await client.get("/socket.io/\(query)")
        #expect(response.status == .badRequest)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.text == #"{"code":\#(code),"message":"\#(message)"}"#)
    }

    @Test(arguments: ["?transport=polling", "?EIO=3&transport=polling", "?EIO=abc&transport=polling"])
    func `a client of a generation that is turned off is told so, and what to do`(query: String) async throws {
        var settings = SocketIOSettings()
        settings.revisions = [.engineIO4]
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let response = try await client.get("/socket.io/\(query)")
        #expect(response.status == .badRequest)
        let hint = "revision 3 (socket.io-client 1.x and 2.x) is turned off on this server"
        #expect(
            response.text == #"{"code":5,"message":"Unsupported protocol version","hint":"\#(hint)"}"#
        )
    }

    @Test func `a handshake by POST is refused with code 2`() async throws {
        let response = try await client.post("/socket.io/?EIO=4&transport=polling", body: "")
        #expect(response.status == .badRequest)
        #expect(response.text == #"{"code":2,"message":"Bad handshake method"}"#)
    }

    @Test func `a handshake that isn't admitted is refused with code 4 and its text`() async throws {
        var settings = SocketIOSettings()
        settings.admit = { _ in throw HTTPError(.forbidden, "members \"only\"") }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.status == .forbidden)
        #expect(response.text == #"{"code":4,"message":"members \"only\""}"#)
    }

    @Test func `a refused WebSocket is told in text, and the connection ends`() async throws {
        do {
            _ = try await client.webSocket("/socket.io/?EIO=4&transport=websocket&sid=abc")
            Issue.record("it was accepted")
        } catch TestError.refused(let response) {
            #expect(response.status == .badRequest)
            #expect(response.text == "Session ID unknown")
            #expect(response.headers[.connection] == "close")
        }
    }

    @Test func `a query with repeated keys harms nobody`() async throws {
        let socket = try await client.open(query: "&a=1&a=2&EIO=3&sid=")
        try await socket.emit("message", 1)
        #expect(try await socket.next() == .event("message", ["1"]))
    }

    @Test func `a session is nobody's but its own generation's`() async throws {
        let sid = try await sid()
        let unknown = #"{"code":1,"message":"Session ID unknown"}"#
        #expect(try await client.get("/socket.io/?EIO=3&transport=polling&sid=\(sid)").text == unknown)
        // The goodbye of 0.9.
        _ = try await client.get("/socket.io/1/xhr-polling/\(sid)?disconnect=1")
        #expect(io.connectionCount == 1)
    }

    @Test func `a second poll ends the session and both polls`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let first = try await client.start(.get, target)
        let second = try await client.get(target)
        #expect(second.status == .badRequest)
        #expect(second.text == "")
        #expect(try await first.response().text == "1")
        #expect(try await client.get(target).text == #"{"code":1,"message":"Session ID unknown"}"#)
        #expect(io.connectionCount == 0)
    }

    @Test func `a poll that its client gives up ends the session`() async throws {
        let exchange = try await client.start(.get, "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())")
        try await exchange.abort()
        #expect(io.connectionCount == 0)
    }

    @Test func `a POST that is too big is 413 and leaves the session alone`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let response = try await client.post(target, body: String(repeating: "4", count: 1_000_001))
        #expect(response.status == .contentTooLarge)
        #expect(io.connectionCount == 1)
    }

    @Test func `other methods on a session are 405 and leave it alone`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        #expect(try await client.execute(.put, target).status == .methodNotAllowed)
        #expect(io.connectionCount == 1)
    }

    @Test(arguments: ["", "9", "x", "4\u{1E}", "2", "4x", "40\u{1E}42", "\u{1E}"])
    func `a payload that can't be read is answered ok, and ends the session`(body: String) async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let response = try await client.post(target, body: body)
        #expect(response.status == .ok)
        #expect(response.text == "ok")
        #expect(io.connectionCount == 0)
    }

    @Test func `a binary payload is refused and ends the session`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let answer = try await client.post(target, headers: [.contentType: "application/octet-stream"], body: "40")
        #expect(answer.status == .badRequest)
        #expect(answer.text == "")
        #expect(io.connectionCount == 0)
    }

    @Test func `a poll or a POST with the sid of a WebSocket is a bad request, and leaves the WebSocket alone`()
        async throws
    {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        guard case .text(let opening) = try await webSocket.next() else { throw TestError.closed }
        let sid = try #require(opening.firstMatch(of: /"sid":"([^"]+)"/)).1
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
        for answer in [try await client.get(target), try await client.post(target, body: "40")] {
            #expect(answer.status == .badRequest)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.text == #"{"code":3,"message":"Bad request"}"#)
        }
        #expect(io.connectionCount == 1)
    }

    @Test func `a client that closes gets its poll back`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let poll = try await client.start(.get, target)
        #expect(try await client.post(target, body: "1").text == "ok")
        #expect(try await poll.response().text == "6")
        #expect(io.connectionCount == 0)
    }

    @Test func `a session that the server closes gives what is left and the end to the next poll`() async throws {
        io.onConnect { socket in socket.on("bye") { socket.disconnect(closingConnection: true) } }
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        _ = try await client.post(target, body: "40\u{1E}42[\"bye\"]")
        #expect(io.connectionCount == 1)
        #expect(try await client.get(target).text.hasSuffix("}\u{1E}41\u{1E}1"))
        #expect(io.connectionCount == 0)
    }

    @Test func `a client may say goodbye to a session that the server is closing`() async throws {
        io.onConnect { socket in socket.on("bye") { socket.disconnect(closingConnection: true) } }
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        _ = try await client.post(target, body: "40\u{1E}42[\"bye\"]")
        #expect(try await client.post(target, body: "1").status == .ok)
        #expect(io.connectionCount == 0)
    }

    @Test func `an upgrade that begins with anything but the probe is closed, and the session stays`() async throws {
        let sid = try await sid()
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket&sid=\(sid)")
        try await webSocket.send("4hello")
        #expect(try await webSocket.next() == .close(nil))
        #expect(io.connectionCount == 1)
        #expect(try await client.post("/socket.io/?EIO=4&transport=polling&sid=\(sid)", body: "40").text == "ok")
    }

    @Test func `a server that is full says so and lets nobody else in`() async throws {
        var settings = SocketIOSettings()
        settings.maximumConnections = 1
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        _ = try await client.connect()
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "5")
    }

    @Test func `a server that stops lets nobody in, not even who was told a session`() async throws {
        let announced = try await client.get("/socket.io/1/").text.prefix { $0 != ":" }
        try await client.onLoop { [io] in io.close() }
        #expect(io.announced.count == 0)
        for target in ["?EIO=4&transport=polling", "1/", "1/xhr-polling/\(announced)", "xhr-polling//1"] {
            #expect(try await client.get("/socket.io/\(target)").status == .serviceUnavailable)
        }
    }

    @Test func `a client that joins nothing is closed after the connect timeout`() async throws {
        _ = try await client.connect(over: .webSocket)
        await client.advance(by: .seconds(24))
        #expect(io.connectionCount == 1)
        await client.advance(by: .seconds(22))
        #expect(io.connectionCount == 0)
    }
}
