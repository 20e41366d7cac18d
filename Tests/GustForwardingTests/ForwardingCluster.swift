import Gust
import GustCluster
import GustHTTP
import GustServer
import GustTesting
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import GustForwarding

/// Several servers in one process, on loopback, that forward requests to each other.
final class ForwardingCluster: Sendable {
    /// One server.
    final class Node: Sendable {
        let io: SocketIO
        let forwarding: SessionForwarding
        let port: Int
        /// A client that reaches this node only, with a new connection for each request.
        let client: TestClient
        private let services: ServiceGroup
        private let running: Task<Void, Never>

        init(
            _ io: SocketIO,
            _ forwarding: SessionForwarding,
            _ port: Int,
            _ services: ServiceGroup,
            _ running: Task<Void, Never>
        ) {
            self.io = io
            self.services = services
            self.forwarding = forwarding
            self.port = port
            self.running = running
            client = TestClient(port: port)
            client.setHeaders([.connection: "close"])
        }

        /// Stops the server; its connections are closed at once.
        func stop() async {
            running.cancel()
            await running.value
        }

        /// Stops the server gracefully, as on `SIGTERM`.
        func shutDown() async {
            await services.triggerGracefulShutdown()
            await running.value
        }
    }

    static let secret = "a secret of the tests, 33 bytes.."
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let nodes: [Node]
    let directory: LoopbackDirectory
    /// A client that reaches another node with each request.
    let client: TestClient

    private init(_ nodes: [Node], _ directory: LoopbackDirectory, _ port: Int) {
        self.nodes = nodes
        self.directory = directory
        client = TestClient(port: port)
        client.setHeaders([.connection: "close"])
    }

    /// The sid of a new polling connection on one of the nodes.
    func handshake(on number: Int) async throws -> String {
        let answer = try await nodes[number].client.get("/socket.io/?EIO=4&transport=polling")
        guard let sid = answer.text.split(separator: "\"").dropFirst(3).first else { throw TestError.refused(answer) }
        return String(sid)
    }

    /// Starts one server with `forwarding`, calls `body`, and stops the server.
    static func single(_ forwarding: SessionForwarding, _ body: (Node) async throws -> Void) async throws {
        var settings = SocketIOSettings()
        settings.forwarding = forwarding
        let io = SocketIO(settings, logger: quiet)
        var app = Application(logger: quiet)
        app.add(io.routes())
        let node = try await start(app, io, forwarding)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(node)) } catch { outcome = .failure(error) }
        await node.stop()
        try outcome.get()
    }

    /// Starts servers, calls `body`, and stops them; the nodes have Unix sockets in `folder`, or are at `address` if that is nil.
    static func run(
        _ count: Int = 2,
        at address: NodeAddress = .tcp(host: "127.0.0.1", port: 0),
        in folder: String? = nil,
        maximumForwarded: Int = 1_000,
        connectTimeout: TimeAmount = .seconds(2),
        tunnelInterval: TimeAmount = .seconds(3),
        bus: LoopbackBus? = nil,
        secrets: [String] = [],
        settings change: @escaping @Sendable (inout SocketIOSettings) -> Void = { _ in },
        app extend: @escaping @Sendable (inout Application) -> Void = { _ in },
        _ body: (ForwardingCluster) async throws -> Void
    ) async throws {
        let directory = LoopbackDirectory()
        var nodes: [Node] = []
        for number in 0..<count {
            let forwarding = try SessionForwarding(
                secret: secrets.isEmpty ? secret : secrets[number],
                directory: directory,
                at: folder.map { .unixSocket(path: "\($0)/\(number)") } ?? address,
                bus: bus,
                maximumForwarded: maximumForwarded,
                connectTimeout: connectTimeout,
                tunnelInterval: tunnelInterval,
                logger: quiet
            )
            var settings = SocketIOSettings()
            settings.forwarding = forwarding
            change(&settings)
            let io = SocketIO(settings, logger: quiet)
            io.onConnect { socket in
                socket.on("echo") { (text: String) in socket.emit("echo", text) }
                socket.on("count") { (text: String) in text.utf8.count }
                socket.on("bytes") { (bytes: ByteBuffer) in socket.emit("bytes", bytes) }
                socket.onMessage { socket.send($0) }
            }
            var app = Application(logger: quiet)
            app.add(io.routes())
            extend(&app)
            nodes.append(try await start(app, io, forwarding))
        }
        let proxy = try await AlternatingProxy.start(nodes.map(\.port))
        let cluster = ForwardingCluster(nodes, directory, proxy.port)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(cluster)) } catch { outcome = .failure(error) }
        try await proxy.stop()
        for node in nodes { await node.stop() }
        try outcome.get()
    }

    private static func start(_ app: Application, _ io: SocketIO, _ forwarding: SessionForwarding) async throws -> Node
    {
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        var configuration = HTTPServer.Configuration(port: 0, loops: 2)
        configuration.shutdownTimeout = .seconds(20)
        configuration.onListening = { continuation.yield($0.port ?? 0) }
        let server = try app.server(configuration)
        let services = ServiceGroup(services: [server], logger: quiet)
        let running = Task {
            do { try await services.run() } catch { continuation.finish(throwing: error) }
            continuation.finish()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = try await iterator.next() else { throw TestError.closed }
        return Node(io, forwarding, port, services, running)
    }
}
