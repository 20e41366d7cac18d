import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Handlers that are registered when the socket is being disconnected, or has been.
@Suite(.leavesNothing) struct LateHandlerTests {
    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() { client = TestClient(EndpointHarness(io)) }

    /// Registers both kinds of handlers of the disconnect.
    private func register(on socket: Socket, _ mark: String) {
        socket.onDisconnect { [log] reason in log.add("\(mark) \(reason.rawValue)") }
        socket.onDisconnect { [log] _, details in log.add("\(mark) \(details)") }
    }

    @Test func `a handler of the disconnect is called at once if the socket has been disconnected`() async throws {
        let sockets = Recorded<Socket>()
        io.onConnect { sockets.add($0) }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.close(.goingAway)
        let socket = try #require(sockets.take().first)
        #expect(!socket.isConnected)
        register(on: socket, "late:")
        await client.settle()
        #expect(
            log.all == ["late: transport close", "late: the client closed the WebSocket with code 1001"]
        )
    }

    @Test func `a handler that another handler of the disconnect registers is called`() async throws {
        io.onConnect { socket in socket.onDisconnect { _ in register(on: socket, "inner:") } }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("41")
        #expect(
            log.all == ["inner: client namespace disconnect", "inner: the client left the namespace"]
        )
    }

    @Test func `a handler that is registered while the socket still is in its rooms is called once`() async throws {
        io.onConnect { socket in socket.onDisconnecting { _ in register(on: socket, "inner:") } }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("41")
        #expect(
            log.all == ["inner: client namespace disconnect", "inner: the client left the namespace"]
        )
    }

    @Test func `a socket that left its namespace keeps its reason when the connection ends for another`() async throws {
        let sockets = Recorded<Socket>()
        io.onConnect { sockets.add($0) }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("41")
        try await webSocket.close(.goingAway)
        register(on: try #require(sockets.take().first), "late:")
        await client.settle()
        #expect(log.all == ["late: client namespace disconnect", "late: the client left the namespace"])
    }

    @Test func `a socket that was refused calls no handler of the disconnect`() async throws {
        let sockets = Recorded<Socket>()
        io["/"].use { (socket: Socket) throws in
            sockets.add(socket)
            register(on: socket, "early:")
            throw ConnectError("no")
        }
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        try await webSocket.send("40")
        register(on: try #require(sockets.take().first), "late:")
        await client.settle()
        #expect(log.all == [])
    }

    @Test func `a handler of events that is registered too late keeps nothing alive`() async throws {
        let sockets = Recorded<Socket>()
        io.onConnect { sockets.add($0) }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.close()
        let socket = try #require(sockets.take().first)
        // The suite checks that no socket is left.
        socket.on("news") { (_: ReceivedEvent) in _ = socket.id }
        socket.onDisconnecting { _ in _ = socket.id }
        socket.onDisconnect { _ in _ = socket.id }
    }
}
