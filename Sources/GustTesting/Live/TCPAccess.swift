import GustHTTP
import NIOCore
import NIOPosix
import Synchronization

/// Accesses a server over TCP, with one connection for each concurrent exchange; idle connections are reused.
final class TCPAccess: ServerAccess {
    private struct Connections {
        var open: [ObjectIdentifier: ClientConnection] = [:]
        var idle: [ClientConnection] = []
    }

    private let host: String
    private let port: Int
    private let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()
    private let signal = ArrivalSignal()
    private let connections = Mutex(Connections())

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    deinit {
        for connection in connections.withLock({ $0.open.values.map(\.self) }) {
            eventLoop.execute { connection.close() }
        }
    }

    func start(_ request: TestRequest) async throws -> any ExchangeEnd {
        let exchange = ClientExchange(jar: request.jar)
        while let connection = connections.withLock({ $0.idle.popLast() }) {
            if try await onLoop({ connection.begin(request, exchange) }) { return exchange }
        }
        let connection = try await connect()
        guard try await onLoop({ connection.begin(request, exchange) }) else { throw TestError.closed }
        return exchange
    }

    private func connect() async throws -> ClientConnection {
        let connection = ClientConnection(authority: "\(host):\(port)", signal: signal)
        let key = ObjectIdentifier(connection)
        let events = ClientConnection.Events(
            idle: { [weak self] in self?.connections.withLock { $0.idle.append(connection) } },
            closed: { [weak self] in
                self?.connections.withLock { connections in
                    connections.open[key] = nil
                    connections.idle.removeAll { $0 === connection }
                }
            }
        )
        connections.withLock { $0.open[key] = connection }
        do {
            _ = try await ClientBootstrap(group: eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        connection.events = events
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .connect(host: host, port: port).get()
        } catch {
            connections.withLock { $0.open[key] = nil }
            throw error
        }
        return connection
    }

    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await eventLoop.submit(body).get()
    }

    func advance(by time: Duration) async {
        // This is a mistake in the test. If the call returned, the test might pass for the wrong reason.
        preconditionFailure("the clock of a server can't be advanced: set short times, and wait for their effect")
    }

    func settle() async {}

    var arrivals: Int { signal.count }

    func pause(after arrivals: Int) async { await signal.wait(after: arrivals, eventLoop) }

    func close() async {
        let open = connections.withLock { $0.open.values.map(\.self) }
        for connection in open {
            // An error means that the connection is closed already.
            try? await eventLoop.submit { connection.close() }.get()
        }
    }
}
