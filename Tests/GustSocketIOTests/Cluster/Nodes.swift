import GustCluster
import GustTesting
import GustWire
import Synchronization

@testable import GustSocketIO

/// The nodes of a cluster within the process, or a single server without a cluster.
struct Nodes: Sendable, CustomStringConvertible {
    let bus = LoopbackBus()
    let servers: [SocketIO]
    let clients: [TestClient]
    let clock = StoppedClock()

    /// Makes servers.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - change: changes the settings of each.
    init(_ count: Int, _ change: (inout SocketIOSettings) -> Void = { _ in }) {
        let (bus, clock) = (bus, clock)
        servers = (0..<count).map { number in
            var settings = SocketIOSettings()
            change(&settings)
            if count > 1 {
                settings.adapter = { ClusterAdapter($0, bus: bus, node: "node \(number)", clock: clock) }
            }
            return SocketIO(settings)
        }
        // The namespace of each server joins the bus when it is made.
        for server in servers { _ = server["/"] }
        clients = servers.map { TestClient(EndpointHarness($0)) }
    }

    var description: String { "\(servers.count) servers" }

    var first: SocketIO { servers[0] }
    var last: SocketIO { servers[servers.count - 1] }

    /// Lets all loops finish the work that was posted to them.
    func settle() async {
        for _ in 0..<3 {
            for client in clients { await client.settle() }
        }
    }

    /// A client on each of the servers in turn, so that two clients are on different servers if there are two.
    func open(_ count: Int, over transport: ClientTransport = .webSocket) async throws -> [TestSocket] {
        var sockets: [TestSocket] = []
        for number in 0..<count {
            sockets.append(try await clients[number % clients.count].open(over: transport))
        }
        return sockets
    }

    /// Calls `body` with each socket that connects to any of the servers.
    func onConnect(_ body: @escaping @Sendable (Socket) -> Void) {
        for server in servers { server.onConnect(body) }
    }
}
