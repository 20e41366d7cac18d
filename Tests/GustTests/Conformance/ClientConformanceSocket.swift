import Gust
import GustHTTP
import GustTesting
import NIOPosix

@testable import GustClient

/// A socket of GustClient, which receives everything at once, and a test takes it later.
final class ClientConformanceSocket: ConformanceSocket {
    private let client: SocketClient
    /// The socket of `/`, which keeps the connection while ``socket`` leaves another namespace.
    private let root: ClientSocket
    private let socket: ClientSocket
    private let server: TestClient
    private let network = NetworkFaults()
    private let received: ReceivedByClient
    private let upgrades: Bool
    private let pollsForLife: Bool

    init(_ url: String, _ settings: ClientSettings, _ namespace: String, _ server: TestClient) throws {
        let received = ReceivedByClient(settings.revision)
        var settings = settings
        settings.trace = { received.trace($0) }
        let transport = settings.chosenTransport
        upgrades = transport == .upgrade
        pollsForLife = transport == .xhrPolling || transport == .jsonpPolling
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        client = try SocketClient(url, settings, on: loop, network.dialer(settings), ConformanceServer.logger)
        root = client.socket("/")
        socket = client.socket(namespace)
        self.server = server
        self.received = received
        received.collect(socket)
    }

    /// Connects, and waits for the end of the upgrade.
    func connect() async throws {
        if socket !== root { try await root.connect(within: .seconds(10)) }
        try await socket.connect(within: .seconds(10))
        guard upgrades else { return }
        try await server.wait(for: "the upgrade") { [client] in client.state == .connected(transport: "websocket") }
    }

    /// How often the socket was connected.
    var connections: Int { received.connections }

    /// Cuts the network, and closes the client.
    func end() async {
        network.cut()
        await client.close()
    }

    // MARK: Sending

    func send(_ message: Message) async throws { socket.send(message) }

    func send(batch texts: [String]) async throws { for text in texts { socket.send(text) } }

    func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        socket.emit(name, repeat each value)
    }

    func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value
    ) async throws -> [String] {
        try await socket.emitWithAcknowledgement(name, repeat each value).jsonTexts
    }

    func acknowledge<each Value: Encodable>(_ value: repeat each Value) async throws {
        try await server.wait(for: "an event that requests an acknowledgement") { [received] in received.hasRequest }
        guard let event = received.takeRequest() else { throw TestError.timedOut("an event") }
        try event.acknowledge(repeat each value)
    }

    func disconnect() async throws { socket.disconnect() }

    func close() async throws { await client.close() }

    func drop() async throws { network.cut() }

    func mute() async throws { network.mute() }

    // MARK: Receiving

    func next() async throws -> TestSocket.Received {
        if let first = received.takeFirst() { return first }
        try await server.wait(for: "an event") { [received] in received.hasItem }
        guard let first = received.takeFirst() else { throw TestError.timedOut("an event") }
        return first
    }

    func nextMessage() async throws -> Message {
        let next = try await next()
        guard case .message(let message) = next else { throw TestError.unexpected("\(next)") }
        return message
    }

    func nextHeartbeat() async throws {
        // The client answers heartbeats by itself, and polls as long as it is connected.
        let before = heartbeats
        try await server.wait(for: "a heartbeat") { [self] in heartbeats > before }
    }

    func requireSilence() async throws {
        if let first = received.takeFirst() { throw TestError.unexpected("\(first)") }
    }

    private var heartbeats: Int { pollsForLife ? network.responses : received.heartbeats }
}
