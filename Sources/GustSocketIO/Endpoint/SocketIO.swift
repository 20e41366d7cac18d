import CoreMetrics
import GustHTTP
import GustRouting
import GustWire
public import Logging
import NIOCore
import Synchronization

/// A Socket.IO server: its namespaces with their handlers, and the connections of all clients.
///
/// ```swift
/// let io = SocketIO()
/// io.onConnect { socket in
///     socket.on("sum") { (a: Int, b: Int) in a + b }
/// }
/// app.add(io.routes())
/// ```
///
/// One server may have several routes. Handlers and middleware must be registered before the application runs.
public final class SocketIO: Sendable {
    /// The settings of the server.
    public let settings: SocketIOSettings
    let logger: Logger
    let layer: Layer
    let shards = LoopShards()
    let connections: ConnectionTable
    let announced: AnnouncedConnections
    let recoverable = RecoverableSockets()
    let liveObjects = SocketIOLiveObjects()
    private let metrics: MetricsReporter
    private let registry = Mutex(NamespaceRegistry())
    private let refusalHandler = Mutex<(@Sendable (RefusedRequest) -> Void)?>(nil)
    /// Whether there is a handler of refusals; without one, the description of a refusal isn't made.
    private let hasRefusalHandler = Atomic<Bool>(false)
    let unknownSessions = UnknownSessions()
    private let errorHandler = Mutex<(@Sendable (any Error, Socket?, String) -> Void)?>(nil)
    /// The number of packets that weren't sent because the queue of a loop was full.
    let refusedWork = Atomic<Int>(0)
    /// The number of packets that the outbox policy `dropOldest` has dropped.
    let droppedPackets = Atomic<Int>(0)
    private let refusedConnections = RefusedConnections()
    private let load: LoadGauge
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
        announced = AnnouncedConnections(
            capacity: settings.maximumAnnouncedConnections,
            capacityPerAddress: settings.maximumAnnouncedConnectionsPerAddress
        )
        load = LoadGauge(settings.load)
        self.layer = layer
        self.logger = logger
        LiveObjects.witness?(self)
    }

    // MARK: Namespaces

    /// The namespace called `name`, made at the first access; clients can join it from then on.
    ///
    /// Clients can always join `/`. If `name` doesn't begin with a slash, one is added.
    public subscript(_ name: String) -> Namespace {
        let key = ByteText(name.utf8.first == UInt8(ascii: "/") ? name : "/" + name)
        return registry.withLock { registry in
            if let namespace = registry.named[key] { return namespace }
            let namespace = Namespace(name: key.string, io: self)
            registry.named[key] = namespace
            return namespace
        }
    }

    /// Declares a family of dynamic namespaces, and returns the object with which its middleware and
    /// handlers are registered.
    ///
    /// When a client joins a name for which `matches` returns `true` and which has no namespace, one is made. When the
    /// last socket of a dynamic namespace leaves, the namespace is removed.
    public func namespaces(where matches: @escaping @Sendable (String) -> Bool) -> Namespace {
        let parent = Namespace(name: "*", io: self)
        registry.withLock { $0.families.append((matches, parent)) }
        return parent
    }

    /// The namespace called `name`; nil if there is none now.
    func namespace(for name: String) -> Namespace? {
        let key = ByteText(name)
        return registry.withLock { $0.named[key] ?? $0.dynamic[key] }
    }

    /// The namespace called `name`, retained for a socket; a dynamic namespace is made if it doesn't exist.
    ///
    /// The caller balances the call with ``Namespace/release()``.
    ///
    /// - Parameters:
    ///   - name: the name that the client has sent.
    ///   - allowsDynamic: whether the client may join one more dynamic namespace.
    /// - Returns: the namespace.
    /// - Throws: the error for the client if there is no such namespace, or a bound of dynamic namespaces is reached.
    func enterNamespace(_ name: String, allowsDynamic: Bool) throws(ConnectError) -> Namespace {
        let key = ByteText(name)
        if name == "/" {
            let root = self["/"]
            root.retain()
            return root
        }
        guard name.utf8.count <= settings.maximumNameLength else { throw .invalidNamespace }
        return try registry.withLock { registry throws(ConnectError) in
            let namespace: Namespace
            if let known = registry.named[key] {
                namespace = known
            } else {
                let known = registry.dynamic[key]
                guard let parent = known == nil ? registry.families.first(where: { $0.matches(name) })?.parent : known
                else { throw .invalidNamespace }
                guard allowsDynamic else { throw .tooManyNamespaces }
                guard known != nil || registry.dynamic.count < settings.maximumDynamicNamespaces else {
                    throw .invalidNamespace
                }
                namespace = known ?? Namespace(name: name, io: self, parent: parent)
                registry.dynamic[key] = namespace
            }
            namespace.retain()
            return namespace
        }
    }

    /// Removes a dynamic namespace, if it still has no sockets.
    func releaseNamespace(_ namespace: Namespace) {
        let isReleased = registry.withLock { registry in
            let key = ByteText(namespace.name)
            guard namespace.isUnused, registry.dynamic[key] === namespace else { return false }
            registry.dynamic[key] = nil
            return true
        }
        if isReleased { namespace.close() }
    }

    // MARK: The namespace "/"

    /// Calls `body`, on the socket's loop, with each socket that joins `/`; see ``Namespace/onConnect(_:)``.
    public func onConnect(_ body: @escaping @Sendable (Socket) -> Void) { self["/"].onConnect(body) }

    /// All sockets in `/`.
    public var everybody: Broadcast { self["/"].everybody }

    /// All sockets in `room` of `/`.
    public func to(_ room: String...) -> Broadcast { everybody.to(room) }

    /// Sends an event to all sockets in `/`.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        everybody.emit(name, repeat each value)
    }

    // MARK: Errors

    /// Calls `body` with errors that no caller can catch: arguments that can't be decoded, errors that handlers throw,
    /// values that can't be encoded.
    ///
    /// `body` may be called on any thread. It receives the socket, or nil if the error belongs to no socket, and the
    /// name of the event. If no closure is registered, errors are logged; a second call replaces the closure.
    public func onError(_ body: @escaping @Sendable (_ error: any Error, _ socket: Socket?, _ event: String) -> Void) {
        errorHandler.withLock { $0 = body }
    }

    /// Calls `body` with each request that an endpoint refuses before it reaches a connection; Node's event
    /// `connection_error`.
    ///
    /// `body` is called on the loop of the request, before the response is sent. A server that is full answers 503, which is
    /// no such refusal; see ``SocketIOStatistics/refusedConnections``. A second call replaces the closure.
    public func onConnectionError(_ body: @escaping @Sendable (RefusedRequest) -> Void) {
        refusalHandler.withLock { $0 = body }
        hasRefusalHandler.store(true, ordering: .releasing)
    }

    /// Calls the handler of refusals, if there is one.
    func notifyRefusal(_ refused: () -> RefusedRequest) {
        guard hasRefusalHandler.load(ordering: .acquiring), let handler = refusalHandler.withLock({ $0 }) else {
            return
        }
        handler(refused())
    }

    /// Counts and reports a packet that wasn't sent because the queue of a loop is full.
    func refuseWork(of socket: Socket?, in event: String) {
        refusedWork.wrappingAdd(1, ordering: .relaxed)
        report(SocketError.overloaded, of: socket, in: event)
    }

    func report(_ error: any Error, of socket: Socket?, in event: String) {
        // A handler is cancelled when its socket is disconnected; that isn't an error.
        guard !(error is CancellationError) else { return }
        if let handler = errorHandler.withLock({ $0 }) { return handler(error, socket, event) }
        // These errors are mistakes of the peer, such as arguments of a wrong type. They are logged as debug, so that a
        // peer can't fill the log with them.
        logger.log(
            level: error is any PublicError || error is RoomError ? .debug : .warning,
            "an event failed",
            metadata: [
                // The name is cut by bytes, because a single character can be a megabyte of combining marks.
                "event": "\(String(decoding: event.utf8.prefix(80), as: UTF8.self))",
                "sid": "\(socket?.sessionID ?? "-")",
                "error": "\(error)",
            ]
        )
    }

    // MARK: Connections

    /// The number of open connections.
    package var connectionCount: Int { connections.count }

    /// Numbers for monitoring; see ``SocketIOStatistics``.
    public var statistics: SocketIOStatistics { SocketIOStatistics(of: self) }

    /// Closes all connections because the server shuts down, and refuses new ones.
    ///
    /// The application calls it on shutdown.
    public func close() {
        isShuttingDown.store(true, ordering: .releasing)
        announced.removeAll()
        for connection in connections.all {
            connection.run { $0.close(.serverShuttingDown) }
        }
        // Some connections wait for their next poll or delay their end. They are ended when their loop stops.
        for shard in shards.all {
            shard.executor.whenStopping { [weak self] in
                for connection in self?.connections.all ?? [] where connection.isOnLoop {
                    connection.transportEnded(.serverShuttingDown)
                }
            }
        }
    }

    /// Whether the server is shutting down.
    var isClosing: Bool { isShuttingDown.load(ordering: .acquiring) }

    /// The bound that prevents a further connection of `peer` on the loop of `executor`; nil if the connection is allowed.
    ///
    /// Called on that loop.
    func reachedBound(for peer: Peer, on executor: LoopExecutor) -> RefusedConnections.Bound? {
        guard !isShuttingDown.load(ordering: .acquiring) else { return .shutdown }
        if settings.maximumConnections > 0, connections.count >= settings.maximumConnections { return .connections }
        let limit = settings.maximumConnectionsPerAddress
        if limit > 0, connections.count(from: peer) >= limit { return .address }
        return load.reachedBound(on: shards.shard(for: executor))
    }

    /// Counts a refused connection, and schedules a report of metrics on `loop`.
    func refuseConnection(_ bound: RefusedConnections.Bound, on loop: any EventLoop) {
        refusedConnections.count(bound)
        metrics.begin(for: self, on: loop)
    }

    /// The numbers of refused connections, by the bound that was reached.
    var refusedByBound: [String: Int] { refusedConnections.byBound }  // bytes: our own names

    /// Adds a new connection and opens it; `attach` then attaches the transport of the first request.
    func accept(_ connection: Connection, attach: (Connection) -> Void) {
        guard connections.insert(connection) else {
            // Two handshakes at the same time had one sid of ``SocketIOSettings/generateID``.
            logger.error("no sid for a new connection: \(InvalidIdentifier.inUse)")
            return connection.transport.refuse(connection.revision.refusal(.badRequest))
        }
        connection.counters.opened.add()
        metrics.begin(for: self, on: connection.shard.eventLoop)
        connection.open()
        attach(connection)
        // The connection was opened while `close()` was closing the others.
        if isShuttingDown.load(ordering: .acquiring) { connection.close(.serverShuttingDown) }
    }

    /// The parameters of the handshake for a new client.
    func handshake(sid: String, _ revision: Revision, over transport: String) -> Handshake {
        let times = settings.times(of: revision)
        return Handshake(
            sid: sid,
            upgrades: upgrades(from: revision.transport(named: transport)),
            pingInterval: times.pingInterval,
            pingTimeout: times.pingTimeout,
            maximumPayload: settings.maximumPayload,
            transports: revision.transports.map(\.name).filter(settings.transports.contains),
            closeTimeout: times.closeTimeout
        )
    }

    /// The transports to which a client on `transport` may upgrade.
    func upgrades(from transport: TransportDescriptor?) -> [String] {
        guard settings.allowsUpgrades, let transport else { return [] }
        return transport.upgrades.filter(settings.transports.contains)
    }

    /// Starts async user code on a loop.
    @discardableResult
    func start(on executor: any TaskExecutor, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task.startingInPlace(on: executor, body)
    }
}

/// The namespaces of one server.
private struct NamespaceRegistry {
    var named: [ByteText: Namespace] = [:]
    var dynamic: [ByteText: Namespace] = [:]
    var families: [(matches: @Sendable (String) -> Bool, parent: Namespace)] = []
}
