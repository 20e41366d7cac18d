import GustAdapter
import GustHTTP
import GustSessions
import GustTesting
import GustWire
import HTTPTypes
import MetricsTestKit
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Settings that replace the defaults.
@Suite(.leavesNothing) struct SettingsTests {
    private func serve(_ change: (inout SocketIOSettings) -> Void) -> (io: SocketIO, client: TestClient) {
        var settings = SocketIOSettings()
        change(&settings)
        let io = SocketIO(settings)
        return (io, TestClient(EndpointHarness(io)))
    }

    /// Opens a WebSocket that has joined `/`.
    private func join(_ client: TestClient) async throws -> TestWebSocket {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        try await webSocket.send("40")
        _ = try await webSocket.next()
        _ = try await webSocket.next()
        return webSocket
    }

    // MARK: Sessions

    @Test func `at the bound of announced connections a handshake is refused, and none is removed`() async throws {
        let (_, client) = serve { settings in
            settings.maximumAnnouncedConnections = 2
            settings.load.retryDelay = { 5 }
        }
        var sids: [Substring] = []
        for _ in 0..<2 { sids.append(try await client.get("/socket.io/1/").text.prefix { $0 != ":" }) }
        for _ in 0..<20 {
            let refusal = try await client.get("/socket.io/1/")
            #expect(refusal.status == .serviceUnavailable)
            #expect(refusal.headers[.retryAfter] == "5")
        }
        for sid in sids { #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)").text == "1::") }
        #expect(try await client.get("/socket.io/1/").status == .ok)
    }

    @Test func `the values of a session together may have the maximum size`() async throws {
        let (io, client) = serve { $0.maximumSessionSize = 6 }
        _ = try await client.open()
        let session = try #require(await io.everybody.sockets().first).session
        // The key and its JSON: a"bcd" are 6 bytes.
        try session.set("bcd", for: "a")
        #expect(throws: SessionError.tooLarge) { try session.set("bcde", for: "a") }
    }

    // MARK: Handshakes

    @Test(arguments: [(200, HTTPResponse.Status.ok), (201, .uriTooLong)])
    func `a target that is longer than maximumHandshakeSize is refused`(
        length: Int,
        status: HTTPResponse.Status
    ) async throws {
        let (io, client) = serve { $0.maximumHandshakeSize = 200 }
        // The question mark isn't counted.
        let target = "/socket.io/?EIO=4&transport=polling&x="
        let padding = String(repeating: "x", count: length + 1 - target.utf8.count)
        #expect(try await client.get(target + padding).status == status)
        #expect(io.connectionCount == (status == .ok ? 1 : 0))
    }

    @Test func `header fields beyond maximumHandshakeSize aren't kept`() async throws {
        let (io, client) = serve { $0.maximumHandshakeSize = 200 }
        client.setHeaders([.cookie: String(repeating: "x", count: 300), .userAgent: "test"])
        _ = try await client.open()
        let socket = try #require(await io.everybody.sockets().first)
        #expect(socket.handshake.headers[.cookie] == nil)
        #expect(socket.handshake.headers[.userAgent] == "test")
    }

    @Test(arguments: [true, false])
    func `permessage-deflate is accepted only if it is set`(isAllowed: Bool) async throws {
        var settings = SocketIOSettings()
        settings.deflate = isAllowed ? WebSocketDeflate() : nil
        let upgrades = UpgradeLog(EndpointHarness(SocketIO(settings)))
        _ = try await TestClient(upgrades).open()
        #expect(upgrades.allowsDeflate == [isAllowed])
    }

    // MARK: Upgrades

    @Test(arguments: [(true, #""upgrades":["websocket"]"#), (false, #""upgrades":[]"#)])
    func `a handshake offers upgrades only if they are allowed`(isAllowed: Bool, offer: String) async throws {
        let (_, client) = serve { $0.allowsUpgrades = isAllowed }
        #expect(try await client.get("/socket.io/?EIO=4&transport=polling").text.contains(offer))
    }

    @Test func `without upgrades a probe is refused, and the connection stays open`() async throws {
        let (io, client) = serve { $0.allowsUpgrades = false }
        _ = try await client.get("/socket.io/?EIO=4&transport=polling")
        let sid = try #require(io.connections.all.first?.sid)
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket&sid=\(sid)")
        try? await webSocket.send("2probe")
        #expect(try await webSocket.next() == .close(nil))
        #expect(io.connectionCount == 1)
    }

    // MARK: Acknowledgements

    @Test func `at the bound of outstanding acknowledgements each one that arrives makes room`() async throws {
        let (io, client) = serve { $0.maximumAcknowledgements = 2 }
        let log = Log()
        let webSocket = try await join(client)
        let socket = try #require(await io.everybody.sockets().first)
        let ask: @Sendable (Int) -> Void = { number in
            socket.emit("ask", arguments: Arguments()) { log.add("\(number) \(text(of: $0))") }
        }
        try await client.onLoop { for number in 0..<3 { ask(number) } }
        #expect(log.lines == ["2 tooManyAcknowledgements"])
        try await webSocket.send("430[]")
        try await client.onLoop { for number in 3..<5 { ask(number) } }
        #expect(log.lines == ["2 tooManyAcknowledgements", "0 answered", "4 tooManyAcknowledgements"])
    }

    @Test func `a handler beyond the bound of outstanding acknowledgements gets an error`() async throws {
        let (io, client) = serve { $0.maximumAcknowledgements = 0 }
        io.onConnect { socket in
            socket.on("ask") { () async -> Bool in
                do {
                    _ = try await socket.emitWithAcknowledgement("question")
                    return false
                } catch {
                    return error as? SocketError == .tooManyAcknowledgements
                }
            }
        }
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("ask") == ["true"])
        #expect(try await socket.nextIfAny() == nil)
    }

    @Test(arguments: [["/", "/other"], ["/other", "/"]])
    func `outstanding acknowledgements are counted over all namespaces`(order: [String]) async throws {
        let (io, client) = serve { $0.maximumAcknowledgements = 1 }
        let log = Log()
        let webSocket = try await join(client)
        _ = io["/other"]
        try await webSocket.send("40/other,")
        let sockets = await io[order[0]].everybody.sockets() + io[order[1]].everybody.sockets()
        try await client.onLoop {
            for socket in sockets {
                socket.emit("ask", arguments: Arguments()) { log.add("\(socket.namespace.name) \(text(of: $0))") }
            }
        }
        #expect(log.lines == ["\(order[1]) tooManyAcknowledgements"])
    }

    // MARK: Handlers and namespaces

    @Test func `reading stops at the bound of suspended handlers, and resumes below it`() async throws {
        let (io, client) = serve { $0.maximumSuspendedHandlers = 2 }
        let gates = [Gate(), Gate()]
        io.onConnect { socket in
            socket.on("wait") { (number: Int) async in await gates[number].wait() }
            socket.on("quick") { "quick" }
        }
        let webSocket = try await join(client)
        try await webSocket.send(#"42["wait",0]"#)
        try await webSocket.send(#"421["quick"]"#)
        #expect(try await webSocket.nextIfAny() == .text(#"431["quick"]"#))
        try await webSocket.send(#"42["wait",1]"#)
        try await webSocket.send(#"422["quick"]"#)
        #expect(try await webSocket.nextIfAny() == nil)
        gates[0].open()
        #expect(try await webSocket.next() == .text(#"432["quick"]"#))
        gates[1].open()
    }

    @Test func `at the bound of dynamic namespaces one that is left makes room`() async throws {
        let (io, client) = serve { $0.maximumDynamicNamespaces = 1 }
        _ = io.namespaces { $0.hasPrefix("/dyn-") }
        let webSocket = try await join(client)
        try await webSocket.send("40/dyn-1,")
        _ = try await webSocket.next()
        try await webSocket.send("40/dyn-2,")
        #expect(try await webSocket.next() == .text(#"44/dyn-2,{"message":"Invalid namespace"}"#))
        try await webSocket.send("41/dyn-1,")
        await client.settle()
        try await webSocket.send("40/dyn-2,")
        guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
        #expect(text.hasPrefix("40/dyn-2,"))
    }

    // MARK: The outbox

    @Test(arguments: [
        // The bounds, how many times 42["news"] (10 bytes) is sent, and whether that closes the connection.
        (bytes: 20, packets: 9, count: 2, isOver: false),
        (bytes: 20, packets: 9, count: 3, isOver: true),
        (bytes: 99, packets: 2, count: 2, isOver: false),
        (bytes: 99, packets: 2, count: 3, isOver: true),
    ])
    func `a connection is closed when its outbox exceeds a bound`(
        bytes: Int,
        packets: Int,
        count: Int,
        isOver: Bool
    ) async throws {
        let (io, client) = serve {
            $0.outbox.maximumBytes = bytes
            $0.outbox.maximumPackets = packets
        }
        let webSocket = try await join(client)
        try await webSocket.setWritable(false)
        try await client.onLoop { for _ in 0..<count { io.emit("news") } }
        await client.settle()
        #expect(io.connectionCount == (isOver ? 0 : 1))
    }

    @Test(arguments: [(bytes: 24, packets: 9), (bytes: 99, packets: 2)])
    func `with the policy dropOldest the oldest packets are dropped`(bytes: Int, packets: Int) async throws {
        let (io, client) = serve {
            $0.outbox.maximumBytes = bytes
            $0.outbox.maximumPackets = packets
            $0.outbox.policy = .dropOldest
        }
        let webSocket = try await join(client)
        try await webSocket.setWritable(false)
        // 42["news",1] has 12 bytes.
        try await client.onLoop { for number in 1...4 { io.emit("news", number) } }
        await client.settle()
        try await webSocket.setWritable(true)
        for number in 3...4 { #expect(try await webSocket.next() == .text(#"42["news",\#(number)]"#)) }
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(io.connectionCount == 1)
    }

    // MARK: Monitoring

    @Test func `metrics are reported at the interval of the settings`() async throws {
        let metrics = TestMetrics()
        let (_, client) = serve {
            $0.metrics = metrics
            $0.metricsInterval = .seconds(3)
        }
        _ = try await client.open()
        await client.advance(by: .milliseconds(6_100))
        #expect(try metrics.expectMeter("socketio_sockets").values.count == 2)
    }

    // MARK: The end of a socket

    @Test func `onDisconnecting is called before a socket has left its rooms, onDisconnect after it`() async throws {
        let (io, client) = serve { _ in }
        let log = Log()
        io.onConnect { socket in
            socket.join("room")
            let state: @Sendable () -> String = { "\(socket.isConnected) \(socket.rooms.contains("room"))" }
            socket.onDisconnecting { log.add("disconnecting: \($0.rawValue) \(state())") }
            socket.onDisconnect { log.add("disconnect: \($0.rawValue) \(state())") }
        }
        let webSocket = try await join(client)
        try await webSocket.send("41")
        #expect(
            log.lines == [
                "disconnecting: client namespace disconnect true true",
                "disconnect: client namespace disconnect false false",
            ]
        )
    }
}

/// Records the upgrades that a handler answers with.
private final class UpgradeLog: Handler {
    private let handler: any Handler
    private let upgrades = Mutex<[Bool]>([])

    init(_ handler: any Handler) { self.handler = handler }

    var allowsDeflate: [Bool] { upgrades.withLock { $0 } }

    func answer(_ request: Request) -> Answer {
        handler.answer(request).map { response in
            if case .upgrade(let upgrade) = response.body {
                self.upgrades.withLock { $0.append(upgrade.deflate != nil) }
            }
            return response
        }
    }
}

private final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}

private func text(of result: Result<Arguments, SocketError>) -> String {
    switch result {
    case .success: "answered"
    case .failure(let error): "\(error)"
    }
}
