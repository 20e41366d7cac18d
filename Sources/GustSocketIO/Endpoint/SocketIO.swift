import CoreMetrics
import GustAdapter
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
    package let settings: SocketIOSettings
    // Parts of the settings that each request needs; read from the settings, they would be made for each request.
    /// The transports that the settings allow, of all revisions.
    private let offered: [TransportDescriptor]
    /// The bounds of a payload.
    let payloadLimits: PayloadLimits
    let logger: Logger
    let layer: Layer
    let shards = LoopShards()
    let connections: ConnectionTable
    let announced: AnnouncedConnections
    let recoverable = RecoverableSockets()
    let liveObjects = SocketIOLiveObjects()
    /// The connections whose packets are recorded.
    let taps = ConnectionTaps()
    private let metrics: MetricsReporter
    /// Who observes how events are handled.
    let observers: EventObservers
    /// How long the handlers of events take, while somebody watches.
    package let handlerTimes: HandlerTimes
    /// The metrics of events; nil if there are no metrics.
    let eventMetrics: EventMetrics?
    /// The numbers of outcomes for the next report; nil if there are no metrics.
    let outcomes: OutcomeCounts?
    let registry = NamespaceRegistry()
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
    let isShuttingDown = Atomic<Bool>(false)
    /// Whether the server will stop soon: it goes on with its clients, and refuses others.
    let isDraining = Atomic<Bool>(false)

    /// Makes a server.
    public convenience init(
        _ settings: SocketIOSettings = SocketIOSettings(),
        logger: Logger = Logger(label: "gust.socketio")
    ) {
        self.init(settings, layer: .socketIO, logger: logger)
    }

    init(_ settings: SocketIOSettings, layer: Layer, logger: Logger) {
        self.settings = settings
        // bytes: our own names.
        offered = Revision.all.flatMap(\.transports).filter { settings.transports.contains($0.name) }
        payloadLimits = settings.payloadLimits
        let factory = settings.metrics ?? MetricsSystem.factory
        let eventMetrics = EventMetrics(factory)
        let outcomes = eventMetrics.map { _ in OutcomeCounts() }
        self.eventMetrics = eventMetrics
        self.outcomes = outcomes
        metrics = MetricsReporter(factory: factory, interval: settings.metricsInterval, outcomes: outcomes)
        let observers = EventObservers()
        if eventMetrics != nil { observers.insert(.metrics) }
        if settings.tracer != nil { observers.insert(.tracer) }
        self.observers = observers
        handlerTimes = HandlerTimes(observers)
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

    // MARK: The namespace "/"

    /// Calls `body`, on the socket's loop, with each socket that joins `/`; see ``SocketScope/onConnect(_:)``.
    @discardableResult
    public func onConnect(_ body: @escaping @Sendable (Socket) -> Void) -> HandlerToken { self["/"].onConnect(body) }

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

    /// The bound that prevents a further connection of `peer` on the loop of `executor`; nil if the connection is allowed.
    ///
    /// Called on that loop.
    func reachedBound(for peer: Peer, on executor: LoopExecutor) -> RefusedConnections.Bound? {
        guard !isClosing, !isDraining.load(ordering: .acquiring) else { return .shutdown }
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
        if let eventMetrics { connection.shard.recordLag(eventMetrics.lag) }
        connection.open()
        attach(connection)
        // The connection was opened while `close()` was closing the others.
        if isClosing { connection.close(.serverShuttingDown) }
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
            transports: offers(of: revision),
            closeTimeout: times.closeTimeout
        )
    }

    /// The transports that a handshake offers: without streams if requests may reach another node, which doesn't forward streams.
    private func offers(of revision: Revision) -> [String] {
        revision.transports
            .filter { $0.kind != .streaming || settings.forwarder == nil }
            .map(\.name).filter(settings.transports.contains)
    }

    /// Whether the settings allow a transport.
    func offers(_ transport: TransportDescriptor) -> Bool {
        offered.contains { $0 === transport }
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
