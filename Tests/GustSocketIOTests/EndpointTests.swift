import GustHTTP
import GustSessions
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Handshakes, polls and posts, and the refusals, which are byte for byte those of engine.io 6.6.
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

    @Test func `the handshake has the members of the reference server, in the same order`() async throws {
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.headers[.contentType] == "text/plain; charset=UTF-8")
        #expect(response.headers[.cacheControl] == "no-store")
        let pattern =
            #/0{"sid":"[A-Za-z0-9_-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}/#
        #expect(response.text.wholeMatch(of: pattern) != nil)
    }

    @Test func `sids don't repeat and use the whole alphabet`() {
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
    func `a bad request is answered 400 with the code of its error`(
        query: String,
        code: Int,
        message: String
    ) async throws {
        let response = try await client.get("/socket.io/\(query)")
        #expect(response.status == .badRequest)
        #expect(response.headers[.contentType] == "application/json")
        let hint = code == 1 ? #","hint":"\#(Refusal.causesOfUnknownSession)""# : ""
        #expect(response.text == #"{"code":\#(code),"message":"\#(message)"\#(hint)}"#)
    }

    @Test(arguments: ["?transport=polling", "?EIO=3&transport=polling", "?EIO=abc&transport=polling"])
    func `a client of a disabled revision receives an error with a hint`(query: String) async throws {
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

    @Test func `a handshake that isn't admitted has code 4 and the text of the error`() async throws {
        var settings = SocketIOSettings()
        settings.admit = { _ in throw HTTPError(.forbidden, "members \"only\"") }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.status == .forbidden)
        #expect(response.text == #"{"code":4,"message":"members \"only\""}"#)
    }

    @Test func `a refused WebSocket receives the error as text and is closed`() async throws {
        do {
            _ = try await client.webSocket("/socket.io/?EIO=4&transport=websocket&sid=abc")
            Issue.record("the WebSocket was accepted")
        } catch TestError.refused(let response) {
            #expect(response.status == .badRequest)
            #expect(response.text == "Session ID unknown")
            #expect(response.headers[.connection] == "close")
        }
    }

    @Test func `repeated parameters of a query are harmless`() async throws {
        let socket = try await client.open(query: "&a=1&a=2&EIO=3&sid=")
        try await socket.emit("message", 1)
        #expect(try await socket.next() == .event("message", ["1"]))
    }

    @Test func `a sid is valid in its own revision only`() async throws {
        let sid = try await sid()
        let unknown = #"{"code":1,"message":"Session ID unknown","#
        #expect(try await client.get("/socket.io/?EIO=3&transport=polling&sid=\(sid)").text.hasPrefix(unknown))
        // The request with which a client of 0.9 disconnects.
        _ = try await client.get("/socket.io/1/xhr-polling/\(sid)?disconnect=1")
        #expect(io.connectionCount == 1)
    }

    @Test func `a second poll closes the connection and ends both polls`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let first = try await client.start(.get, target)
        let second = try await client.get(target)
        #expect(second.status == .badRequest)
        #expect(second.text == "")
        #expect(try await first.response().text == "1")
        #expect(try await client.get(target).text.hasPrefix(#"{"code":1,"message":"Session ID unknown","#))
        #expect(io.connectionCount == 0)
    }

    @Test func `a poll that the client aborts closes the connection`() async throws {
        let exchange = try await client.start(.get, "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())")
        try await exchange.abort()
        #expect(io.connectionCount == 0)
    }

    @Test func `a POST that is too long is answered 413, and the connection stays open`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let response = try await client.post(target, body: String(repeating: "4", count: 1_000_001))
        #expect(response.status == .contentTooLarge)
        #expect(io.connectionCount == 1)
    }

    @Test func `other methods are answered 405, and the connection stays open`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        #expect(try await client.execute(.put, target).status == .methodNotAllowed)
        #expect(io.connectionCount == 1)
    }

    @Test(arguments: ["", "9", "x", "4\u{1E}", "2", "4x", "40\u{1E}42", "\u{1E}"])
    func `an invalid payload is answered ok and closes the connection`(body: String) async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let response = try await client.post(target, body: body)
        #expect(response.status == .ok)
        #expect(response.text == "ok")
        #expect(io.connectionCount == 0)
    }

    @Test func `a binary payload is refused and closes the connection`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let answer = try await client.post(target, headers: [.contentType: "application/octet-stream"], body: "40")
        #expect(answer.status == .badRequest)
        #expect(answer.text == "")
        #expect(io.connectionCount == 0)
    }

    @Test func `polls and posts with the sid of a WebSocket are refused, and the WebSocket stays open`()
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

    @Test func `a close packet in a POST ends the pending poll`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        let poll = try await client.start(.get, target)
        #expect(try await client.post(target, body: "1").text == "ok")
        #expect(try await poll.response().text == "6")
        #expect(io.connectionCount == 0)
    }

    @Test func `after the server has closed a connection, the next poll gets the rest and the close packet`()
        async throws
    {
        io.onConnect { socket in socket.on("bye") { socket.disconnect(closingConnection: true) } }
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        _ = try await client.post(target, body: "40\u{1E}42[\"bye\"]")
        #expect(io.connectionCount == 1)
        #expect(try await client.get(target).text.hasSuffix("}\u{1E}41\u{1E}1"))
        #expect(io.connectionCount == 0)
    }

    @Test func `a client may send a close packet while the server is closing the connection`() async throws {
        io.onConnect { socket in socket.on("bye") { socket.disconnect(closingConnection: true) } }
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(try await sid())"
        _ = try await client.post(target, body: "40\u{1E}42[\"bye\"]")
        #expect(try await client.post(target, body: "1").status == .ok)
        #expect(io.connectionCount == 0)
    }

    @Test func `an upgrade that doesn't begin with a probe is closed, and the connection stays open`() async throws {
        let sid = try await sid()
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket&sid=\(sid)")
        try await webSocket.send("4hello")
        #expect(try await webSocket.next() == .close(nil))
        #expect(io.connectionCount == 1)
        #expect(try await client.post("/socket.io/?EIO=4&transport=polling&sid=\(sid)", body: "40").text == "ok")
    }

    @Test func `a full server answers 503 with Retry-After`() async throws {
        var settings = SocketIOSettings()
        settings.maximumConnections = 1
        settings.load.retryDelay = { 5 }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        _ = try await client.connect()
        let response = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "5")
    }

    @Test func `a server that shuts down refuses new and announced connections`() async throws {
        let announced = try await client.get("/socket.io/1/").text.prefix { $0 != ":" }
        try await client.onLoop { [io] in io.close() }
        #expect(io.announced.count == 0)
        for target in ["?EIO=4&transport=polling", "1/", "1/xhr-polling/\(announced)", "xhr-polling//1"] {
            #expect(try await client.get("/socket.io/\(target)").status == .serviceUnavailable)
        }
    }

    @Test func `a client that joins no namespace is closed after the connect timeout`() async throws {
        _ = try await client.connect(over: .webSocket)
        await client.advance(by: .seconds(24))
        #expect(io.connectionCount == 1)
        await client.advance(by: .seconds(22))
        #expect(io.connectionCount == 0)
    }
}
