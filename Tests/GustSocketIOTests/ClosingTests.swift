import GustAdapter
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Closing a server, and waiting for the end of its connections.
@Suite(.leavesNothing) struct ClosingTests {
    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() {
        client = TestClient(EndpointHarness(io))
        io.onConnect { [log] socket in socket.onDisconnect { log.add($0.rawValue) } }
    }

    @Test func `close returns when all connections have ended, and refuses new ones`() async throws {
        let sockets = [try await client.open(), try await client.open()]
        #expect(await io.close(within: .seconds(5)))
        #expect(io.connectionCount == 0)
        #expect(log.all == [CloseReason.serverShuttingDown.rawValue, CloseReason.serverShuttingDown.rawValue])
        for socket in sockets { #expect(try await socket.next() == .disconnected) }
        await #expect {
            _ = try await client.open(over: .polling)
        } throws: { error in
            guard case .refused(let response)? = error as? TestError else { return false }
            return response.status == .serviceUnavailable
        }
    }

    @Test func `a server that drains goes on with its clients and refuses others, until the times of their ends`()
        async throws
    {
        _ = try await client.open()
        io.drain(over: .seconds(10))
        for transport in [ClientTransport.polling, .webSocket] {
            await #expect {
                _ = try await client.open(over: transport)
            } throws: { error in
                guard case .refused(let response)? = error as? TestError else { return false }
                return response.status == .serviceUnavailable && response.text == "the server is stopping"
                    && response.headers[.retryAfter] != nil
            }
        }
        #expect(io.statistics.refusedConnections == ["shutdown": 2])
        await client.advance(by: .seconds(4))
        #expect(io.connectionCount == 1)
        await client.advance(by: .seconds(6))
        #expect(io.connectionCount == 0)
        #expect(log.all == [CloseReason.serverShuttingDown.rawValue])
    }

    /// The client of python-engineio doesn't reconnect after a close packet.
    @Test func `a client that polls is refused when the server stops, so that it reconnects`() async throws {
        let target = try await client.pollingSession()
        let poll = try await client.start(.get, target)
        try await client.wait(for: "the poll") { io.connections.all.first?.transport.isWritable == true }
        io.close()
        let response = try await poll.response()
        #expect(response.status == .badRequest)
        #expect(response.text.contains(#""code":1,"message":"Session ID unknown""#))
        #expect(log.all == [CloseReason.serverShuttingDown.rawValue])
    }

    @Test func `a client that polls gets what was sent before the server stops, and is refused then`() async throws {
        let target = try await client.pollingSession()
        io.emit("last")
        await client.settle()
        io.close()
        #expect(try await client.get(target).text == #"42["last"]"#)
        await client.settle()
        #expect(try await client.get(target).status == .badRequest)
        #expect(log.all == [CloseReason.serverShuttingDown.rawValue])
    }

    @Test func `a client that polls gets the close packet if code of the server disconnects it`() async throws {
        io.onConnect { $0.on("leave") { [unowned socket = $0] in socket.disconnect(closingConnection: true) } }
        let target = try await client.pollingSession()
        let poll = try await client.start(.get, target)
        _ = try await client.post(target, body: #"42["leave"]"#)
        #expect(try await poll.response().text == "41")
        #expect(try await client.get(target).text == "1")
    }

    @Test func `close of a server without connections returns at once, and again`() async {
        #expect(await io.close(within: .seconds(5)))
        #expect(await io.close(within: .zero))
        io.close()
    }

    @Test func `connections that are open at the deadline end at once`() async throws {
        _ = try await client.pollingSession()
        let closing = Task { await io.close(within: .seconds(5)) }
        try await client.wait(for: "the start") { io.isClosing }
        await client.advance(by: .seconds(4))
        #expect(io.connectionCount == 1)
        await client.advance(by: .seconds(2))
        #expect(await closing.value == false)
        await client.settle()
        #expect(io.connectionCount == 0)
        #expect(log.all == [CloseReason.serverShuttingDown.rawValue])
    }

    @Test func `two callers wait for the same end`() async throws {
        let target = try await client.pollingSession()
        let first = Task { await io.close(within: .seconds(5)) }
        let second = Task { await io.close(within: .seconds(9)) }
        try await client.wait(for: "the start") { io.isClosing }
        // The client fetches the rest.
        _ = try await client.get(target)
        #expect(await first.value)
        #expect(await second.value)
        #expect(io.connectionCount == 0)
    }

    @Test func `a cancelled caller doesn't wait any longer`() async throws {
        _ = try await client.pollingSession()
        let closing = Task { await io.close(within: .seconds(5)) }
        try await client.wait(for: "the start") { io.isClosing }
        closing.cancel()
        #expect(await closing.value == false)
    }

    @Test func `the adapters end after the handlers of the last disconnect`() async throws {
        let events = Recorded<String>()
        var settings = SocketIOSettings()
        settings.adapter = { EndRecorder($0, events) }
        let io = SocketIO(settings)
        io.onConnect { socket in socket.onDisconnect { _ in events.add("disconnect") } }
        let client = TestClient(EndpointHarness(io))
        _ = try await client.open()
        _ = try await client.open()
        await io.close(within: .seconds(5))
        await io.close(within: .seconds(5))
        #expect(events.all == ["disconnect", "disconnect", "close"])
    }
}

/// An adapter that records its end.
private final class EndRecorder: Adapter {
    private let local: any NodeAdapter
    private let events: Recorded<String>

    init(_ local: any NodeAdapter, _ events: Recorded<String>) {
        self.local = local
        self.events = events
    }

    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection) {
        local.broadcast(packet, to: selection)
    }
    func broadcast(
        _ name: String,
        _ arguments: Arguments,
        to selection: SocketSelection,
        timeout: Duration,
        replies: ReplyCollector
    ) {
        local.broadcast(name, arguments, to: selection, timeout: timeout, replies: replies)
    }
    func join(_ rooms: [String], _ selection: SocketSelection) { local.join(rooms, selection) }
    func leave(_ rooms: [String], _ selection: SocketSelection) { local.leave(rooms, selection) }
    func disconnect(_ selection: SocketSelection, closingConnections: Bool) {
        local.disconnect(selection, closingConnections: closingConnections)
    }
    func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots {
        await local.sockets(selection, timeout: timeout)
    }
    func serverSideEmit(_ name: String, _ arguments: Arguments) {}
    func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        ServerReplies([])
    }
    func serverCount() async -> Int { 1 }
    func close() {
        events.add("close")
        local.close()
    }
}
