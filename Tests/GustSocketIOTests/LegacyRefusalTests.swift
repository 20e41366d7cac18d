import GustHTTP
import GustSeed
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Requests that are invalid for a transport or a revision.
@Suite(.leavesNothing) struct LegacyRefusalTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        client = TestClient(EndpointHarness(io))
        io.onConnect { socket in socket.onMessage { socket.send($0) } }
    }

    private func announced() async throws -> String {
        String(try await client.get("/socket.io/1/?t=1").text.prefix { $0 != ":" })
    }

    // MARK: An announced connection and its first request

    @Test func `an announced connection must be opened as its transport requires`() async throws {
        let sid = try await announced()
        #expect(try await client.get("/socket.io/1/websocket/\(sid)").status == .badRequest)
        await #expect(throws: TestError.self) { try await client.webSocket("/socket.io/1/xhr-polling/\(sid)") }
        #expect(io.connectionCount == 0)
        // The connection still is announced.
        #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)").text == "1::")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .head])
    func `an announced connection is opened by GET only`(method: HTTPRequest.Method) async throws {
        let sid = try await announced()
        _ = try await client.execute(method, "/socket.io/1/xhr-polling/\(sid)")
        #expect(io.connectionCount == 0)
        #expect(io.announced.count == 1)
    }

    @Test(arguments: [HTTPRequest.Method.put, .delete, .head])
    func `only GET and POST announce a connection`(method: HTTPRequest.Method) async throws {
        let answer = try await client.execute(method, "/socket.io/1/?t=1")
        #expect(answer.status != .ok)
        #expect(io.announced.count == 0)
        _ = try await client.post("/socket.io/1/?t=1", body: "")
        #expect(io.announced.count == 1)
    }

    @Test func `an announced sid is valid in its own revision only`() async throws {
        let sid = try await announced()
        let answer = try await client.get("/socket.io/?EIO=4&transport=polling&sid=\(sid)")
        #expect(answer.text.hasPrefix(#"{"code":1,"message":"Session ID unknown","#))
        #expect(io.announced.count == 1)
    }

    @Test func `a refused script handshake is answered with a script`() async throws {
        var settings = SocketIOSettings()
        settings.admit = { _ in throw ConnectError("members only") }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let answer = try await client.get("/socket.io/1/?jsonp=0")
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/javascript")
        #expect(try await client.get("/socket.io/1/").status == .forbidden)
    }

    // MARK: Revisions without upgrades

    @Test func `a polling connection of 0.9 can't upgrade to WebSocket`() async throws {
        let sid = try await announced()
        _ = try await client.get("/socket.io/1/xhr-polling/\(sid)")
        do {
            let webSocket = try await client.webSocket("/socket.io/1/websocket/\(sid)")
            // The WebSocket receives only the reason of the refusal.
            guard case .text = try await webSocket.next() else { throw TestError.closed }
            guard case .close = try await webSocket.next() else { throw TestError.unexpected("more") }
        } catch TestError.refused(let response) {
            #expect(response.status == .badRequest)
        }
        #expect(io.connections.all.first?.candidate == nil)
        #expect(io.connections.all.first?.transport.name == "xhr-polling")
    }

    @Test func `a WebSocket with an unknown sid gets an error and is closed`() async throws {
        let webSocket = try await client.webSocket("/socket.io/1/websocket/nobody")
        #expect(try await webSocket.next() == .text("7:::1+0"))
        guard case .close = try await webSocket.nextIfAny() else { throw TestError.unexpected("no end") }
    }

    @Test(arguments: ["xhr-polling", "jsonp-polling", "htmlfile", "flashsocket", "xhr-multipart"])
    func `transports of older revisions are unknown to newer ones`(name: String) async throws {
        let answer = try await client.get("/socket.io/?EIO=4&transport=\(name)")
        #expect(answer.text == #"{"code":0,"message":"Transport unknown"}"#)
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: [(SocketIOProtocol.jsonpPolling, true), (.xhrPolling, true), (.websocket, false)])
    func `polling is offered if one of the two older pollings is enabled`(
        name: SocketIOProtocol,
        isOffered: Bool
    ) async throws {
        let enabled = EnabledTransports(try #require(SocketIOProtocol.transports([name])))
        let client = TestClient(Behind(middleware: enabled, handler: EndpointHarness(io)))
        let answer = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(answer.status == (isOffered ? .ok : .badRequest))
    }

    private struct Behind: Handler {
        let middleware: any Middleware
        let handler: any Handler
        func answer(_ request: Request) -> Answer { middleware.answer(request, next: handler) }
    }

    // MARK: Aborted polls

    @Test func `the absence of a client begins when it aborts its poll`() async throws {
        let text = try await client.get("/socket.io/xhr-polling//1").text
        let sid = String(text.split(separator: "~m~").last ?? "")
        let poll = try await client.start(.get, "/socket.io/xhr-polling/\(sid)/1")
        await client.advance(by: .seconds(5))
        try await poll.abort()
        await client.advance(by: .milliseconds(7_900))
        #expect(io.connectionCount == 1)
        await client.advance(by: .milliseconds(200))
        #expect(io.connectionCount == 0)
    }

    @Test func `a WebSocket of 0.9 that the server closes is closed at once`() async throws {
        let socket = try await client.open(over: .webSocket, speaking: .socketIO09)
        try await client.onLoop { [io] in io.everybody.disconnect(closingConnection: true) }
        #expect(io.connectionCount == 0)
        #expect(try await socket.nextIfAny() == .disconnected)
    }

    // MARK: Pages of other origins

    private func listed() -> TestClient {
        var settings = SocketIOSettings()
        settings.origins = ["good.example"]
        return TestClient(EndpointHarness(SocketIO(settings)))
    }

    @Test func `only a page of a listed origin gets the header fields of CORS`() async throws {
        let client = listed()
        for (origin, isAdmitted) in [("http://bad.example", false), ("http://good.example", true)] {
            let preflight = try await client.execute(.options, "/socket.io/1/", headers: [.origin: origin])
            #expect(preflight.headers[.accessControlAllowOrigin] == (isAdmitted ? origin : nil))
            let answer = try await client.get("/socket.io/1/", headers: [.origin: origin])
            #expect(answer.status == (isAdmitted ? .ok : .forbidden))
            #expect(answer.headers[.vary] == "Origin" || !isAdmitted)
        }
    }

    @Test func `the origin may be in the field of WebSocket drafts or in Referer`() async throws {
        let client = listed()
        let draft = try #require(HTTPField.Name("Sec-WebSocket-Origin"))
        for name in [draft, .referer] {
            #expect(try await client.get("/socket.io/1/", headers: [name: "http://bad.example/x"]).status == .forbidden)
            #expect(try await client.get("/socket.io/1/", headers: [name: "http://good.example/x"]).status == .ok)
        }
    }

    @Test func `only scripts and cross-origin posts switch off the filter of Internet Explorer`()
        async throws
    {
        let field = try #require(HTTPField.Name("X-XSS-Protection"))
        let sid = try await announced()
        #expect(try await client.get("/socket.io/1/jsonp-polling/\(sid)?i=0").headers[field] == "0")
        #expect(try await client.get("/socket.io/1/?t=1").headers[field] == nil)
        let post = "/socket.io/1/xhr-polling/\(try await announced())?t=1"
        _ = try await client.get(post)
        #expect(try await client.post(post, headers: [.origin: "http://x.example"], body: "2::").headers[field] == "0")
        #expect(try await client.post(post, body: "2::").headers[field] == nil)
    }
}
