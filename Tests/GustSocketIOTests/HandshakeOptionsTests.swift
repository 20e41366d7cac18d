import GustHTTP
import GustSessions
import GustTesting
import GustWire
import HTTPTypes
import Logging
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// The settings that change handshakes: cookie, sids, initial packet, admission that waits, header fields.
@Suite(.leavesNothing) struct HandshakeOptionsTests {
    private static let polling = "/socket.io/?EIO=4&transport=polling"

    private func serve(_ change: (inout SocketIOSettings) -> Void) -> (io: SocketIO, client: TestClient) {
        var settings = SocketIOSettings()
        change(&settings)
        let io = SocketIO(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return (io, TestClient(EndpointHarness(io)))
    }

    private func sid(in text: String) throws -> String {
        String(try #require(text.firstMatch(of: /"sid":"([^"]+)"/)).1)
    }

    // MARK: Cookie

    @Test func `without a setting no cookie is set`() async throws {
        let (_, client) = serve { _ in }
        #expect(try await client.get(Self.polling).headers[.setCookie] == nil)
    }

    @Test(arguments: ["4", "3"])
    func `the response to a polling handshake sets the cookie with the sid`(revision: String) async throws {
        let (io, client) = serve { $0.cookie = Cookie("io", "ignored") }
        let target = "/socket.io/?EIO=\(revision)&transport=polling"
        let response = try await client.get(target)
        let sid = try sid(in: response.text)
        #expect(response.headers[.setCookie] == "io=\(sid); Path=/; HttpOnly; SameSite=Lax")
        let poll = try await client.start(.get, "\(target)&sid=\(sid)")
        try #require(io.connections[sid]).run { $0.send(.ping(probe: false)) }
        #expect(try await poll.response().headers[.setCookie] == nil)
    }

    @Test func `the cookie has all attributes of the setting`() async throws {
        let (_, client) = serve { settings in
            var cookie = Cookie("sid", "", maximumAge: .seconds(60))
            cookie.path = "/chat"
            cookie.domain = "example.com"
            cookie.isSecure = true
            cookie.isHTTPOnly = false
            cookie.sameSite = .none
            cookie.isPartitioned = true
            settings.cookie = cookie
        }
        let text = try #require(try await client.get(Self.polling).headers[.setCookie])
        #expect(
            text.replacing(/Expires=[^;]*/, with: "Expires=E").replacing(/sid=[^;]*/, with: "sid=S")
                == "sid=S; Max-Age=60; Expires=E; Domain=example.com; Path=/chat; Secure; SameSite=None; Partitioned"
        )
    }

    @Test func `the cookie is set by handshakes of 0_9, not by those of WebSockets nor by refusals`() async throws {
        let (_, client) = serve { settings in
            settings.cookie = Cookie("io", "")
            settings.admit = { if $0.query["token"] != "a" { throw HTTPError(.forbidden) } }
        }
        let announced = try await client.get("/socket.io/1/?token=a")
        let sid = try #require(announced.text.split(separator: ":").first)
        #expect(announced.headers[.setCookie]?.hasPrefix("io=\(sid);") == true)
        #expect(try await client.get("/socket.io/1/").headers[.setCookie] == nil)
        #expect(try await client.get(Self.polling).headers[.setCookie] == nil)
    }

    @Test func `an invalid cookie is a problem of the route`() {
        let (io, _) = serve { $0.cookie = Cookie("a b", "") }
        #expect(Endpoint(io: io, clientFiles: .none).problem?.contains("a cookie's name must consist of") == true)
        let (valid, _) = serve { $0.cookie = Cookie("io", "") }
        #expect(Endpoint(io: valid, clientFiles: .none).problem == nil)
    }

    // MARK: Sids

    @Test func `the sid is made from the request`() async throws {
        let (io, client) = serve { $0.generateID = { "node-1_\($0.query["n"] ?? "")" } }
        #expect(try sid(in: try await client.get("\(Self.polling)&n=7").text) == "node-1_7")
        #expect(io.connections["node-1_7"] != nil)
        #expect(try await client.get("/socket.io/1/?n=8").text.hasPrefix("node-1_8:"))
    }

    @Test(arguments: ["", "a b", "ä", "a/b", "..", "a:b", String(repeating: "a", count: 129)])
    func `an invalid sid is refused with code 3 and reported`(id: String) async throws {
        let (io, client) = serve { $0.generateID = { _ in id } }
        let refused = Mutex<[[String: String]]>([])
        io.onConnectionError { request in refused.withLock { $0.append(request.context) } }
        let response = try await client.get(Self.polling)
        #expect(response.status == .badRequest)
        #expect(response.text == #"{"code":3,"message":"Bad request"}"#)
        let reason = "generateID must return 1 to 128 letters and digits of ASCII, hyphens and underscores"
        #expect(refused.withLock { $0 } == [["name": "ID_GENERATION_ERROR", "error": reason]])
        #expect(io.connectionCount == 0)
    }

    @Test func `a sid in use is refused, and its connection stays open`() async throws {
        let (io, client) = serve { $0.generateID = { _ in "same" } }
        _ = try await client.get(Self.polling)
        let first = try #require(io.connections["same"])
        #expect(try await client.get(Self.polling).status == .badRequest)
        #expect(try await client.get("/socket.io/1/").status != .ok)
        #expect(io.connections["same"] === first)
        #expect(io.connectionCount == 1)
        #expect(try await client.post("\(Self.polling)&sid=same", body: "40").text == "ok")
    }

    @Test func `an announced sid is in use`() async throws {
        let (io, client) = serve { $0.generateID = { _ in "same" } }
        #expect(try await client.get("/socket.io/1/").status == .ok)
        #expect(try await client.get(Self.polling).status == .badRequest)
        #expect(io.connectionCount == 0)
    }

    @Test func `of two handshakes with one sid at the same time the second is refused`() async throws {
        let (io, client) = serve { $0.generateID = { _ in "same" } }
        _ = try await client.get(Self.polling)
        let first = try #require(io.connections["same"])
        let table = ConnectionTable(countsAddresses: true)
        #expect(table.insert(first))
        #expect(!table.insert(first))
        #expect(table.count == 1)
    }

    @Test func `an error of the closure refuses the handshake`() async throws {
        let (_, client) = serve { $0.generateID = { _ in throw HTTPError(.badRequest, "no id") } }
        let response = try await client.get(Self.polling)
        #expect(response.text == #"{"code":3,"message":"Bad request"}"#)
    }

    // MARK: Initial packet

    @Test func `the initial packet follows the handshake over polling`() async throws {
        let (_, client) = serve { $0.initialPacket = .text("hello") }
        #expect(try await client.get(Self.polling).text.hasSuffix("}\u{1E}4hello"))
        let old = try await client.get("/socket.io/?EIO=3&transport=polling").text
        #expect(old.hasSuffix("}6:4hello2:40"))
        #expect(try await client.get("/socket.io/1/").text.utf8.contains("hello".utf8) == false)
    }

    @Test(arguments: [Message.text("hello"), .binary(ByteBuffer(bytes: [1, 2]))])
    func `the initial packet follows the handshake over a WebSocket`(message: Message) async throws {
        let (_, client) = serve { $0.initialPacket = message }
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        guard case .text(let opening) = try await webSocket.next() else { throw TestError.closed }
        #expect(opening.hasPrefix("0{"))
        switch (message, try await webSocket.next()) {
        case (.text(let text), .text(let received)): #expect(received == "4\(text)")
        case (.binary(let bytes), .binary(let received)): #expect(received == bytes)
        case (_, let other): Issue.record("\(other)")
        }
    }

    // MARK: Admission that waits

    @Test func `a handshake waits for the closure, and is opened when it returns`() async throws {
        let gate = Gate()
        let (io, client) = serve { $0.admitAsynchronously = { _ in await gate.wait() } }
        let handshake = try await client.start(.get, Self.polling)
        #expect(io.connectionCount == 0)
        gate.open()
        let response = try await handshake.response()
        #expect(response.status == .ok)
        #expect(response.text.hasPrefix("0{"))
        #expect(io.connectionCount == 1)
    }

    @Test(arguments: ["/socket.io/?EIO=4&transport=polling", "/socket.io/1/"])
    func `an error of the closure refuses the handshake with its public text`(target: String) async throws {
        let (io, client) = serve { settings in
            settings.admitAsynchronously = { _ in
                await Task.yield()
                throw HTTPError(.forbidden, "members only")
            }
        }
        let response = try await client.get(target)
        #expect(response.status == .forbidden)
        // Clients of 0.9 are told the text of their reference server (lib/manager.js).
        let text = target.contains("EIO") ? #"{"code":4,"message":"members only"}"# : "handshake unauthorized"
        #expect(response.text == text)
        #expect(io.connectionCount == 0)
        #expect(io.announced.count == 0)
    }

    @Test func `a WebSocket waits for the closure too`() async throws {
        let (io, client) = serve { $0.admitAsynchronously = { _ in await Task.yield() } }
        let socket = try await client.open(over: .webSocket)
        #expect(io.connectionCount == 1)
        try await socket.close()
    }

    @Test func `the server may be full when the closure returns`() async throws {
        let gate = Gate()
        let (io, client) = serve { settings in
            settings.maximumConnections = 1
            settings.admitAsynchronously = { if $0.query["slow"] != nil { await gate.wait() } }
        }
        let slow = try await client.start(.get, "\(Self.polling)&slow=1")
        #expect(try await client.get(Self.polling).status == .ok)
        gate.open()
        #expect(try await slow.response().status == .serviceUnavailable)
        #expect(io.connectionCount == 1)
    }

    @Test func `a client that leaves while the closure waits gets no connection`() async throws {
        let gate = Gate()
        let (io, client) = serve { $0.admitAsynchronously = { _ in await gate.wait() } }
        let refused = Mutex(0)
        io.onConnectionError { request in if request.code == 4 { refused.withLock { $0 += 1 } } }
        let handshake = try await client.start(.get, Self.polling)
        try await handshake.abort()
        gate.open()
        #expect(try await client.get("/socket.io/?EIO=4&transport=abc").status == .badRequest)
        #expect(io.connectionCount == 0)
        #expect(refused.withLock { $0 } == 0)
    }

    // MARK: Header fields

    @Test func `the first response has the fields of both closures, the others those of the second`() async throws {
        let (_, client) = serve { settings in
            settings.initialHeaders = { headers, request in headers[.server] = "first \(request.query["n"] ?? "")" }
            settings.headers = { headers, _ in headers[.via] = "\(headers[.server] ?? "later")" }
        }
        let first = try await client.get("\(Self.polling)&n=1")
        #expect(first.headers[.server] == "first 1")
        #expect(first.headers[.via] == "first 1")
        #expect(first.headers[.contentType] == "text/plain; charset=UTF-8")
        let target = "\(Self.polling)&sid=\(try sid(in: first.text))"
        let post = try await client.post(target, body: "40")
        #expect(post.headers[.via] == "later")
        #expect(post.headers[.server] == nil)
        #expect(try await client.get(target).headers[.via] == "later")
        #expect(try await client.get("/socket.io/?EIO=4&transport=abc").headers[.via] == nil)
        #expect(try await client.get("/socket.io/1/?n=2").headers[.server] == "first 2")
    }

    // MARK: Refused requests

    private static let contexts: [(target: String, code: Int, context: [String: String])] = [
        ("?EIO=4&transport=abc", 0, ["transport": "abc"]),
        ("?EIO=4&transport=polling&sid=gone", 1, ["sid": "gone"]),
        ("?EIO=4&transport=websocket", 3, ["name": "TRANSPORT_HANDSHAKE_ERROR"]),
        ("?EIO=4&transport=polling&token=b", 4, ["message": "no"]),
        ("?EIO=3&transport=polling", 5, ["protocol": "3"]),
    ]

    @Test(arguments: contexts.map(\.target))
    func `a refused request is reported with code, message and context`(target: String) async throws {
        let expected = try #require(Self.contexts.first { $0.target == target })
        let (io, client) = serve { settings in
            settings.revisions = [.engineIO4]
            settings.admit = { if $0.query["token"] != nil { throw HTTPError(.forbidden, "no") } }
        }
        let refused = Mutex<[RefusedRequest]>([])
        io.onConnectionError { request in refused.withLock { $0.append(request) } }
        let response = try await client.get("/socket.io/\(target)")
        let report = try #require(refused.withLock { $0.count == 1 ? $0.first : nil })
        #expect(report.code == expected.code)
        #expect(report.context == expected.context)
        #expect(report.request.target.queryText.map { "?\($0)" } == target)
        #expect(response.text.hasPrefix(#"{"code":\#(report.code),"message":"\#(report.message)""#))
    }

    @Test func `a handshake by POST and a request of another transport are reported`() async throws {
        let (io, client) = serve { _ in }
        let refused = Mutex<[[String: String]]>([])
        io.onConnectionError { request in refused.withLock { $0.append(request.context) } }
        _ = try await client.post(Self.polling, body: "")
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        guard case .text(let opening) = try await webSocket.next() else { throw TestError.closed }
        let sid = try sid(in: opening)
        _ = try await client.get("/socket.io/?EIO=4&transport=websocket&sid=\(sid)")
        #expect(
            refused.withLock { $0 } == [
                ["method": "POST"],
                ["name": "TRANSPORT_MISMATCH", "transport": "websocket", "previousTransport": "websocket"],
            ]
        )
    }

    // MARK: Unknown sids

    @Test func `the response to an unknown sid names the likely causes behind the members of the reference server`()
        async throws
    {
        let (_, client) = serve { _ in }
        let text = try await client.get("\(Self.polling)&sid=gone").text
        #expect(text.hasPrefix(#"{"code":1,"message":"Session ID unknown","hint":""#))
        for cause in ["has restarted", "another node", "a proxy must keep each client on its node", "adapter"] {
            #expect(text.utf8.contains(cause.utf8))
        }
    }

    @Test func `unknown sids are logged at once, then once a minute with their number`() async throws {
        let lines = LogLines()
        let io = SocketIO(SocketIOSettings(), logger: Logger(label: "test") { _ in lines })
        let client = TestClient(EndpointHarness(io))
        for _ in 0..<5 { _ = try await client.get("\(Self.polling)&sid=gone") }
        #expect(lines.notices == ["1"])
        await client.advance(by: .seconds(61))
        for _ in 0..<3 { _ = try await client.get("\(Self.polling)&sid=gone") }
        #expect(lines.notices == ["1", "5"])
    }

    /// Records the counts of the lines with the level notice.
    private struct LogLines: LogHandler {
        private final class Storage: Sendable { let counts = Mutex<[String]>([]) }

        private let storage = Storage()
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        var notices: [String] { storage.counts.withLock { $0 } }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            storage.counts.withLock { $0.append("\(event.metadata?["count"] ?? "")") }
        }
    }
}
