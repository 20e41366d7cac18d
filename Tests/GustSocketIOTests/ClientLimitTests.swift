import GustHTTP
import GustTesting
import GustWire
import HTTPTypes
import Logging
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Limits on what one client may send, and on what it may leave incomplete.
@Suite("Attacks on memory and time", .leavesNothing) struct ClientLimitTests {
    private let binary = ByteBuffer(bytes: [1, 2, 3])

    private func open(
        _ settings: SocketIOSettings = SocketIOSettings(),
        engineIO: Int = 4
    ) async throws -> (SocketIO, TestClient, TestWebSocket) {
        let io = SocketIO(settings)
        io.onConnect { socket in
            socket.on("message") { (event: ReceivedEvent) in socket.emit("message", arguments: event.arguments) }
            socket.on("number") { (_: Int) in }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.webSocket("/socket.io/?EIO=\(engineIO)&transport=websocket")
        if engineIO == 4 { try await webSocket.send("40") }
        _ = try await webSocket.next()
        _ = try await webSocket.next()
        return (io, client, webSocket)
    }

    // MARK: Attachments (CVE-2026-33151, CVE-2026-69185, CVE-2026-48804)

    @Test(arguments: [4, 3])
    func `missing attachments close the connection at the second heartbeat`(
        engineIO: Int
    ) async throws {
        let (io, client, webSocket) = try await open(engineIO: engineIO)
        try await webSocket.send(#"452-["message",{"_placeholder":true,"num":0}]"#)
        try await webSocket.send(engineIO == 4 ? binary : ByteBuffer(bytes: [4, 1]))
        for _ in 0..<2 {
            #expect(io.connectionCount == 1)
            await client.advance(by: .milliseconds(25_020))
            // The heartbeat of the revision, so that only the missing attachments can close the connection.
            try? await webSocket.send(engineIO == 4 ? "3" : "2")
        }
        #expect(io.connectionCount == 0)
        try await webSocket.close()
        #expect(io.statistics.liveConnections == 0)
    }

    @Test func `an event rate does not extend the time for attachments`() async throws {
        var settings = SocketIOSettings()
        settings.eventRate = EventRate(perSecond: 10, burst: 5)
        let (io, client, webSocket) = try await open(settings)
        try await webSocket.send(#"451-["message",{"_placeholder":true,"num":0}]"#)
        for _ in 0..<2 {
            await client.advance(by: .milliseconds(25_020))
            try? await webSocket.send("3")
        }
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: [4, 3])
    func `a client that completes each of its packets stays connected`(engineIO: Int) async throws {
        let (io, client, webSocket) = try await open(engineIO: engineIO)
        for _ in 0..<5 {
            try await webSocket.send(#"451-["message",{"_placeholder":true,"num":0}]"#)
            await client.advance(by: .milliseconds(25_020))
            try await webSocket.send(engineIO == 4 ? "3" : "2")
            try await webSocket.send(engineIO == 4 ? binary : ByteBuffer(bytes: [4, 1]))
        }
        #expect(io.connectionCount == 1)
    }

    @Test func `attachments that are too long together close the connection`() async throws {
        var settings = SocketIOSettings()
        settings.maximumAttachmentBytes = 6
        let (io, _, webSocket) = try await open(settings)
        for count in 2...3 {
            try await webSocket.send("45\(count)-[\"message\"]")
            for _ in 0..<count { try await webSocket.send(binary) }
            #expect(io.connectionCount == (count == 2 ? 1 : 0))
        }
    }

    @Test(arguments: [#"42["x"]"#, #"451-["x"]"#, "40/other,", "41"])
    func `only attachments may follow a packet with attachments`(packet: String) async throws {
        let (io, _, webSocket) = try await open()
        try await webSocket.send(#"451-["message",{"_placeholder":true,"num":0}]"#)
        try await webSocket.send(packet)
        #expect(try await webSocket.next() == .close(nil))
        #expect(io.connectionCount == 0)
    }

    @Test func `a binary packet without attachments is complete at once`() async throws {
        let (io, _, webSocket) = try await open()
        try await webSocket.send(#"450-["message",1]"#)
        #expect(try await webSocket.next() == .text(#"42["message",1]"#))
        try await webSocket.send(binary)
        #expect(io.connectionCount == 0)
    }

    // MARK: Namespaces

    @Test func `a client at the bound of namespaces may join another after leaving one`() async throws {
        var settings = SocketIOSettings()
        settings.maximumNamespaces = 3
        let (io, _, webSocket) = try await open(settings)
        _ = io.namespaces { $0.hasPrefix("/dyn-") }
        for name in ["/dyn-1", "/dyn-2"] {
            try await webSocket.send("40\(name),")
            guard case .text(let text) = try await webSocket.next(), text.hasPrefix("40\(name),") else {
                Issue.record("\(name) isn't joined")
                return
            }
        }
        try await webSocket.send("40/dyn-3,")
        #expect(try await webSocket.next() == .text(#"44/dyn-3,{"message":"Too many namespaces"}"#))
        try await webSocket.send("41/dyn-1,")
        try await webSocket.send("40/dyn-3,")
        guard case .text(let text) = try await webSocket.next() else { return }
        #expect(text.hasPrefix("40/dyn-3,"))
        #expect(io.statistics.sockets == 3)
    }

    @Test func `namespaces whose middleware has not decided yet count too`() async throws {
        var settings = SocketIOSettings()
        settings.maximumNamespaces = 2
        let (io, _, webSocket) = try await open(settings)
        let family = io.namespaces { $0.hasPrefix("/dyn-") }
        let gate = Gate()
        family.use { (_: Socket) async in await gate.wait() }
        try await webSocket.send("40/dyn-1,")
        try await webSocket.send("40/dyn-2,")
        #expect(try await webSocket.next() == .text(#"44/dyn-2,{"message":"Too many namespaces"}"#))
        gate.open()
    }

    // MARK: Events

    @Test func `a client that exceeds the event rate is closed, and no other`() async throws {
        var settings = SocketIOSettings()
        settings.eventRate = EventRate(perSecond: 10, burst: 5)
        let (io, client, webSocket) = try await open(settings)
        let log = Log()
        for socket in await io.everybody.sockets() {
            _ = try await client.onLoop { socket.onDisconnect { log.add($0.rawValue) } }
        }
        for _ in 0..<3 {
            for _ in 0..<5 { try await webSocket.send(#"42["message",1]"#) }
            #expect(io.connectionCount == 1)
            await client.advance(by: .milliseconds(500))
        }
        // Heartbeats and acknowledgements do not count as events.
        for packet in ["3", "431[]", "6"] { try await webSocket.send(packet) }
        for _ in 0..<5 { try await webSocket.send(#"42["message",1]"#) }
        #expect(io.connectionCount == 1)
        try await webSocket.send(#"42["message",1]"#)
        #expect(io.connectionCount == 0)
        #expect(log.lines == ["rate exceeded"])
    }

    @Test func `events beyond the rate can be dropped instead`() async throws {
        var settings = SocketIOSettings()
        settings.eventRate = EventRate(perSecond: 1, burst: 2, policy: .drop)
        let (io, client, webSocket) = try await open(settings)
        for number in 1...4 { try await webSocket.send(#"42["message",\#(number)]"#) }
        await client.advance(by: .milliseconds(1_001))
        try await webSocket.send(#"42["message",5]"#)
        for number in [1, 2, 5] { #expect(try await webSocket.next() == .text(#"42["message",\#(number)]"#)) }
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(io.connectionCount == 1)
    }

    @Test func `a silent client gains no more than the burst`() async throws {
        var settings = SocketIOSettings()
        settings.eventRate = EventRate(perSecond: 10, burst: 5)
        let (io, client, webSocket) = try await open(settings)
        try await webSocket.send(#"42["message",1]"#)
        await client.advance(by: .seconds(20))
        for _ in 0..<5 { try await webSocket.send(#"42["message",1]"#) }
        #expect(io.connectionCount == 1)
        try await webSocket.send(#"42["message",1]"#)
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: ClientProfile.all)
    func `the event rate holds on every transport`(profile: ClientProfile) async throws {
        var settings = SocketIOSettings()
        settings.eventRate = EventRate(perSecond: 1, burst: 5)
        let io = SocketIO(settings)
        let socket = try await TestClient(EndpointHarness(io)).open(profile)
        for _ in 0..<5 { try await socket.send("x") }
        #expect(io.connectionCount == 1)
        try? await socket.send("x")
        #expect(io.connectionCount == 0)
    }

    // MARK: Connections

    @Test func `an address at its bound may connect again after one of its connections ends`() async throws {
        var settings = SocketIOSettings()
        settings.maximumConnectionsPerAddress = 2
        let io = SocketIO(settings)
        let client = TestClient(Addressed(EndpointHarness(io)))
        func open(_ address: String) async throws -> HTTPResponse.Status {
            try await client.get("/socket.io/?EIO=4&transport=polling", headers: [.from: address]).status
        }
        #expect(try await open("192.0.2.1") == .ok)
        #expect(try await open("192.0.2.1") == .ok)
        #expect(try await open("192.0.2.1") == .serviceUnavailable)
        #expect(try await open("192.0.2.2") == .ok)
        #expect(try await open("::1") == .ok)
        await client.advance(by: .seconds(46))
        #expect(io.connectionCount == 0)
        #expect(try await open("192.0.2.1") == .ok)
    }

    @Test func `an address at its bound of announced connections takes no places from others`() async throws {
        var settings = SocketIOSettings()
        settings.maximumAnnouncedConnectionsPerAddress = 1
        let client = TestClient(Addressed(EndpointHarness(SocketIO(settings))))
        func announce(_ address: String) async throws -> HTTPResponse.Status {
            try await client.get("/socket.io/1/", headers: [.from: address]).status
        }
        #expect(try await announce("192.0.2.1") == .ok)
        #expect(try await announce("192.0.2.1") == .serviceUnavailable)
        #expect(try await announce("192.0.2.2") == .ok)
        await client.advance(by: .seconds(31))
        #expect(try await announce("192.0.2.1") == .ok)
    }

    @Test func `an announced connection is refused if the bound of connections has been reached`() async throws {
        var settings = SocketIOSettings()
        settings.maximumConnectionsPerAddress = 1
        let client = TestClient(Addressed(EndpointHarness(SocketIO(settings))))
        let headers: HTTPFields = [.from: "192.0.2.1"]
        var statuses: [HTTPResponse.Status] = []
        var sids: [Substring] = []
        for _ in 0..<2 {
            sids.append(try await client.get("/socket.io/1/", headers: headers).text.prefix { $0 != ":" })
        }
        for sid in sids {
            statuses.append(try await client.get("/socket.io/1/xhr-polling/\(sid)", headers: headers).status)
        }
        #expect(statuses == [.ok, .serviceUnavailable])
    }

    // MARK: Logs (CVE-2025-47287)

    @Test func `arguments of a wrong type are not logged at the usual level`() async throws {
        let lines = Log()
        let io = SocketIO(logger: Logger(label: "test") { _ in LogCounter(lines: lines) })
        io.onConnect { socket in socket.on("number") { (_: Int) in } }
        let socket = try await TestClient(EndpointHarness(io)).open()
        for _ in 0..<10 {
            #expect(try await socket.emitWithAcknowledgement("number", "x").first?.contains("error") == true)
        }
        #expect(lines.lines == [])
    }

    @Test func `a name of one character and many bytes is cut in the log`() async throws {
        struct Unexpected: Error {}
        let lines = Log()
        let io = SocketIO(logger: Logger(label: "test") { _ in LogCounter(lines: lines) })
        // The whole name is a single character.
        let name = "e" + String(repeating: "\u{301}", count: 10_000)
        io.onConnect { socket in socket.on(name) { () throws in throw Unexpected() } }
        let socket = try await TestClient(EndpointHarness(io)).open()
        try await socket.emit(name)
        let line = try #require(lines.lines.first)
        #expect(line.utf8.starts(with: "an event failed e".utf8))
        #expect(line.utf8.count < 200)
    }

    @Test func `errors of clients and cancellations are not logged`()
        async throws
    {
        let lines = Log()
        let io = SocketIO(logger: Logger(label: "test") { _ in LogCounter(lines: lines) })
        io.onConnect { socket in
            socket.on("taken") { () throws -> Int in throw ConnectError("somebody else is called that") }
            socket.on("cancelled") { () throws -> Int in throw CancellationError() }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        #expect(
            try await socket.emitWithAcknowledgement("taken") == [#"{"error":"somebody else is called that"}"#]
        )
        #expect(try await socket.emitWithAcknowledgement("cancelled").first?.contains("error") == true)
        #expect(lines.lines == [])
    }
}

/// Takes a request's peer from its field `From`.
private struct Addressed: Handler {
    let handler: any Handler

    init(_ handler: any Handler) { self.handler = handler }

    func answer(_ request: Request) -> Answer {
        var request = request
        do {
            request.peer = Peer(address: try SocketAddress(ipAddress: request.headers[.from] ?? "", port: 1))
        } catch {
            return .failed(error)
        }
        return handler.answer(request)
    }
}

private final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}

/// A log handler that records lines at the usual level and above.
private struct LogCounter: LogHandler {
    let lines: Log
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add("\(event.message)\(event.metadata?["event"].map { " \($0)" } ?? "")")
    }
}
