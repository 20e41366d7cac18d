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
    let announced: AnnouncedConnections
    let liveObjects = SocketIOLiveObjects()
    private let metrics: MetricsReporter
    private let registry = Mutex(NamespaceRegistry())
    private let errorHandler = Mutex<(@Sendable (any Error, Socket?, String) -> Void)?>(nil)
    /// How many packets were refused because a loop had too much to do.
    let refusedWork = Atomic<Int>(0)
    private let refusedConnections = RefusedConnections()
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
        self.layer = layer
        self.logger = logger
        LiveObjects.witness?(self)
    }

    // MARK: Namespaces

    /// The namespace of that name, made at the first call; clients can join it from then on.
    ///
    /// `/` exists from the start. A missing slash in front is added.
    public subscript(_ name: String) -> Namespace {
        let key = ByteText(name.utf8.first == UInt8(ascii: "/") ? name : "/" + name)
        return registry.withLock { registry in
            if let namespace = registry.named[key] { return namespace }
            let namespace = Namespace(name: key.string, io: self)
            registry.named[key] = namespace
            return namespace
        }
    }

    /// A family of namespaces, made when a client asks for a name that `matches`; what is registered here holds for all
    /// of them.
    ///
    /// One that its last socket has left is forgotten.
    public func namespaces(where matches: @escaping @Sendable (String) -> Bool) -> Namespace {
        let parent = Namespace(name: "*", io: self)
        registry.withLock { $0.families.append((matches, parent)) }
        return parent
    }

    /// The namespace that a client asks for, if there is one now.
    func namespace(for name: String) -> Namespace? {
        let key = ByteText(name)
        return registry.withLock { $0.named[key] ?? $0.dynamic[key] }
    }

    /// The namespace that a client asks for, made now if a family has it, with a place in it: ``Namespace/release()`` gives
    /// the place back.
    ///
    /// - Parameters:
    ///   - name: what the client asks for.
    ///   - allowsDynamic: whether the client may enter one more of those that are made on demand.
    /// - Returns: the namespace.
    /// - Throws: what the client is told if there is no such namespace, or no place in it.
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

    /// Forgets a namespace made on demand, if it still is empty.
    func releaseNamespace(_ namespace: Namespace) {
        let isReleased = registry.withLock { registry in
            let key = ByteText(namespace.name)
            guard namespace.isUnused, registry.dynamic[key] === namespace else { return false }
            registry.dynamic[key] = nil
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

    /// Something wasn't sent, because a loop has too much to do: it is counted and reported.
    func refuseWork(of socket: Socket?, in event: String) {
        refusedWork.wrappingAdd(1, ordering: .relaxed)
        report(SocketError.overloaded, of: socket, in: event)
    }

    func report(_ error: any Error, of socket: Socket?, in event: String) {
        // Whoever cancels a handler knows it; a socket that leaves does.
        guard !(error is CancellationError) else { return }
        if let handler = errorHandler.withLock({ $0 }) { return handler(error, socket, event) }
        // Arguments of another type, and whatever else the client is told, are the peer's mistake: whoever makes many may not
        // fill the log with them.
        logger.log(
            level: error is any PublicError || error is RoomError ? .debug : .warning,
            "an event failed",
            metadata: [
                // By bytes: one character may be a megabyte of combining marks.
                "event": "\(String(decoding: event.utf8.prefix(80), as: UTF8.self))",
                "sid": "\(socket?.sessionID ?? "-")",
                "error": "\(error)",
            ]
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
        // Some wait for their next poll, or put their end off.
        for shard in shards.all {
            shard.executor.whenStopping { [weak self] in
                for connection in self?.connections.all ?? [] where connection.isOnLoop {
                    connection.transportEnded(.serverShuttingDown)
                }
            }
        }
    }

    /// The bound that keeps `peer` from making one more connection; nil if it may.
    func reachedBound(for peer: Peer) -> RefusedConnections.Bound? {
        guard !isShuttingDown.load(ordering: .acquiring) else { return .shutdown }
        if settings.maximumConnections > 0, connections.count >= settings.maximumConnections { return .connections }
        let limit = settings.maximumConnectionsPerAddress
        return limit > 0 && connections.count(from: peer) >= limit ? .address : nil
    }

    /// A session is refused on `loop` because of a bound: it is counted, for metrics as well.
    func refuseConnection(_ bound: RefusedConnections.Bound, on loop: any EventLoop) {
        refusedConnections.count(bound)
        metrics.begin(for: self, on: loop)
    }

    /// How many sessions were refused, by the bound that was reached.
    var refusedByBound: [String: Int] { refusedConnections.byBound }  // bytes: our own names

    /// Begins the life of a connection; `attach` gives it what its first request brought.
    func accept(_ connection: Connection, attach: (Connection) -> Void) {
        connection.counters.opened.add()
        connections.insert(connection)
        metrics.begin(for: self, on: connection.shard.eventLoop)
        connection.open()
        attach(connection)
        // Begun while the server was closing all others.
        if isShuttingDown.load(ordering: .acquiring) { connection.close(.serverShuttingDown) }
    }

    /// What a new client is told.
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

    /// What a client on `transport` may upgrade to.
    func upgrades(from transport: TransportDescriptor?) -> [String] {
        guard settings.allowsUpgrades, let transport else { return [] }
        return transport.upgrades.filter(settings.transports.contains)
    }

    /// Starts async user code on a loop: one of the two borders where async meets the loop.
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
