import CoreMetrics
import GustHTTP
import GustRouting
import GustWire
public import Logging
import NIOCore
import Synchronization

/// A Socket.IO server: namespaces, their handlers, and the connections of all clients, reached through routes.
///
/// ```swift
/// let io = SocketIO()
/// io.onConnect { socket in
///     socket.on("sum") { (a: Int, b: Int) in a + b }
/// }
/// app.add(io.routes())
/// ```
///
/// The same server may be mounted on several routes. Register everything before the application runs.
public final class SocketIO: Sendable {
    /// The settings it was made with.
    public let settings: SocketIOSettings
    let logger: Logger
    let layer: Layer
    let shards = LoopShards()
    let connections: ConnectionTable
    let announced: AnnouncedSessions
    let liveObjects = SocketIOLiveObjects()
    private let metrics: MetricsReporter
    private let registry = Mutex(NamespaceRegistry())
    private let errorHandler = Mutex<(@Sendable (any Error, Socket?, String) -> Void)?>(nil)
    private let isShuttingDown = Atomic<Bool>(false)

    /// Makes a server.
    public convenience init(
        _ settings: SocketIOSettings = SocketIOSettings(),
        logger: Logger = Logger(label: "gust.socketio")
    ) {
        self.init(settings, layer: .socketIO, logger: logger)
    }

    init(_ settings: SocketIOSettings, layer: Layer, logger: Logger) {
        self.settings = settings
        metrics = MetricsReporter(
            factory: settings.metrics ?? MetricsSystem.factory,
            interval: settings.metricsInterval
        )
        connections = ConnectionTable(countsAddresses: settings.maximumConnectionsPerAddress > 0)
        announced = AnnouncedSessions(capacity: settings.maximumAnnouncedSessions)
        self.layer = layer
        self.logger = logger
    }

    // MARK: Namespaces

    /// The namespace of that name, made at the first call; clients can join it from then on.
    ///
    /// `/` exists from the start. A missing slash in front is added.
    public subscript(_ name: String) -> Namespace {
        let name = name.hasPrefix("/") ? name : "/" + name
        return registry.withLock { registry in
            if let namespace = registry.named[name] { return namespace }
            let namespace = Namespace(name: name, server: self)
            registry.named[name] = namespace
            return namespace
        }
    }

    /// A family of namespaces, made when a client asks for a name that `matches`; what is registered here holds for all
    /// of them.
    ///
    /// One that its last socket has left is forgotten.
    public func namespaces(where matches: @escaping @Sendable (String) -> Bool) -> Namespace {
        let parent = Namespace(name: "*", server: self)
        registry.withLock { $0.families.append((matches, parent)) }
        return parent
    }

    /// The namespace that a client asks for, made now if a family has it.
    func namespace(for name: String) -> Namespace? {
        if name == "/" { return self["/"] }
        return registry.withLock { registry in
            if let namespace = registry.named[name] ?? registry.dynamic[name] { return namespace }
            guard
                registry.dynamic.count < settings.maximumDynamicNamespaces,
                let family = registry.families.first(where: { $0.matches(name) })
            else { return nil }
            let namespace = Namespace(name: name, server: self, parent: family.parent)
            registry.dynamic[name] = namespace
            return namespace
        }
    }

    /// Forgets a namespace made on demand, if it still is empty.
    func releaseNamespace(_ namespace: Namespace) {
        let isReleased = registry.withLock { registry in
            guard namespace.socketCount == 0, registry.dynamic[namespace.name] === namespace else { return false }
            registry.dynamic[namespace.name] = nil
            return true
        }
        if isReleased { namespace.adapter.close() }
    }

    // MARK: The namespace "/"

    /// Calls `body`, on the socket's loop, with each socket that joins `/`; see ``Namespace/onConnect(_:)``.
    public func onConnect(_ body: @escaping @Sendable (Socket) -> Void) { self["/"].onConnect(body) }

    /// Everybody in `/`.
    public var everybody: Broadcast { self["/"].everybody }

    /// Everybody in `room` of `/`.
    public func to(_ room: String...) -> Broadcast { everybody.to(room) }

    /// Sends an event to everybody in `/`.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        everybody.emit(name, repeat each value)
    }

    // MARK: Errors

    /// Calls `body`, on some loop, with errors that have no other place: arguments that can't be decoded, handlers that
    /// throw, values that can't be encoded.
    ///
    /// Gets the socket, if there is one, and the event. Without it they are logged.
    public func onError(_ body: @escaping @Sendable (_ error: any Error, _ socket: Socket?, _ event: String) -> Void) {
        errorHandler.withLock { $0 = body }
    }

    func report(_ error: any Error, of socket: Socket?, in event: String) {
        if let handler = errorHandler.withLock({ $0 }) { return handler(error, socket, event) }
        // What the client reads is the client's mistake, and a cancelled handler is none: neither may fill the log.
        let isExpected = error is any PublicError || error is CancellationError
        logger.log(
            level: isExpected ? .debug : .warning,
            "an event failed",
            metadata: ["event": "\(event.prefix(80))", "sid": "\(socket?.sessionID ?? "-")", "error": "\(error)"]
        )
    }

    // MARK: Connections

    /// How many connections are open.
    public var connectionCount: Int { connections.count }

    /// Numbers for monitoring; see ``SocketIOStatistics``.
    public var statistics: SocketIOStatistics { SocketIOStatistics(of: self) }

    /// Closes all connections because the server stops, and refuses new ones.
    ///
    /// The application calls it on shutdown.
    public func close() {
        isShuttingDown.store(true, ordering: .releasing)
        announced.removeAll()
        for connection in connections.all {
            connection.run { $0.close(.serverShuttingDown) }
        }
    }

    /// Whether `peer` may make one more connection.
    func hasRoom(for peer: Peer) -> Bool {
        let limit = settings.maximumConnectionsPerAddress
        return !isShuttingDown.load(ordering: .acquiring)
            && (settings.maximumConnections == 0 || connections.count < settings.maximumConnections)
            && (limit == 0 || connections.count(from: peer.address) < limit)
    }

    /// Begins the life of a connection; `attach` gives it what its first request brought.
    func accept(_ connection: Connection, attach: (Connection) -> Void) {
        connection.counters.opened.add()
        connections.insert(connection)
        metrics.begin(for: self, on: connection.shard.eventLoop)
        connection.open()
        attach(connection)
    }

    /// What a new client is told.
    func handshake(sid: String, _ revision: Revision, over transport: String) -> Handshake {
        let times = settings.times(of: revision)
        return Handshake(
            sid: sid,
            upgrades: upgrades(from: transport),
            pingInterval: times.pingInterval,
            pingTimeout: times.pingTimeout,
            maximumPayload: settings.maximumPayload,
            transports: revision.transports.filter(settings.transports.contains),
            closeTimeout: times.closeTimeout
        )
    }

    /// What a client on `transport` may upgrade to.
    func upgrades(from transport: String) -> [String] {
        settings.allowsUpgrades && transport == "polling" && settings.transports.contains("websocket")
            ? ["websocket"] : []
    }

    /// Starts async user code on a loop: one of the two borders where async meets the loop.
    func start(on executor: LoopExecutor, _ body: @escaping @Sendable () async -> Void) {
        Task.immediate(executorPreference: executor, operation: body)
    }
}

/// The namespaces of one server.
private struct NamespaceRegistry {
    var named: [String: Namespace] = [:]
    var dynamic: [String: Namespace] = [:]
    var families: [(matches: @Sendable (String) -> Bool, parent: Namespace)] = []
}
