import Synchronization

/// A middleware of a namespace: it admits a socket by returning, and refuses it by throwing.
enum NamespaceMiddleware: Sendable {
    case immediate(@Sendable (Socket) throws -> Void)
    case suspending(@Sendable (Socket) async throws -> Void)
}

/// A part of an endpoint that clients join by name, with middleware, handlers and rooms of its own.
///
/// All namespaces of a client share one connection. Middleware and handlers must be registered before the server runs;
/// they use no memory per socket.
public final class Namespace: Sendable {
    private struct State {
        var middlewares: [NamespaceMiddleware] = []
        var handlers = EventHandlers()
        var connectHandlers: [@Sendable (Socket) -> Void] = []
    }

    /// The name, beginning with `/`.
    public let name: String
    let io: SocketIO
    private let state = Mutex(State())
    private let members = Atomic<Int>(0)
    /// The number of sockets that are in the namespace, or that middleware is deciding about.
    private let holders = Atomic<Int>(0)
    /// The family whose middleware and handlers a dynamic namespace uses; nil for a namespace that isn't dynamic.
    private let parent: Namespace?

    /// The adapter that knows which sockets of this process are in which rooms.
    let local: LocalAdapter
    /// The adapter that operations on all nodes go through; the local adapter if ``SocketIOSettings/adapter`` isn't set.
    let adapter: any Adapter

    init(name: String, io: SocketIO, parent: Namespace? = nil) {
        self.name = name
        self.io = io
        self.parent = parent
        local = LocalAdapter(namespaceName: name, io: io)
        adapter = io.settings.adapter?(local) ?? local
    }

    /// The number of sockets in the namespace, on all loops.
    public var socketCount: Int { members.load(ordering: .relaxed) }

    func count(_ change: Int) {
        members.wrappingAdd(change, ordering: .relaxed)
    }

    /// Whether the namespace was made when a client asked for its name.
    var isDynamic: Bool { parent != nil }

    /// Counts one more socket that is in the namespace or joining it.
    ///
    /// For a dynamic namespace this is called under the lock of the registry.
    func retain() { holders.wrappingAdd(1, ordering: .relaxed) }

    /// Balances ``retain()``; a dynamic namespace that has no sockets any more is removed.
    func release() {
        let before = holders.wrappingSubtract(1, ordering: .relaxed).oldValue
        if parent != nil, before == 1 { io.releaseNamespace(self) }
    }

    /// Whether no socket is in the namespace or joining it.
    var isUnused: Bool { holders.load(ordering: .relaxed) == 0 }

    /// Registers middleware that decides whether a client may join: `body` refuses the client by throwing.
    ///
    /// The error should be a ``ConnectError``. The client receives the text of the error only if it is a
    /// ``PublicError``. Middleware is called in the order of registration, on the connection's loop, and
    /// must not block.
    public func use(_ body: @escaping @Sendable (Socket) throws -> Void) {
        state.withLock { $0.middlewares.append(.immediate(body)) }
    }

    /// Registers async middleware that decides whether a client may join: `body` refuses the client by throwing.
    ///
    /// The error should be a ``ConnectError``. The client receives the text of the error only if it is a
    /// ``PublicError``.
    public func use(_ body: @escaping @Sendable (Socket) async throws -> Void) {
        state.withLock { $0.middlewares.append(.suspending(body)) }
    }

    /// Calls `body` with each socket that has joined; handlers for its events are registered there.
    ///
    /// `body` is called on the socket's loop and must not block.
    public func onConnect(_ body: @escaping @Sendable (Socket) -> Void) {
        state.withLock { $0.connectHandlers.append(body) }
    }

    /// Registers a type-erased handler for the events called `name` of all sockets.
    func add(_ name: String, _ handler: @escaping EventHandlers.Handler) {
        state.withLock { $0.handlers.add(name, handler) }
    }

    /// Registers a name whose events have ids.
    func add(_ unique: UniqueEvents) {
        state.withLock { $0.handlers.unique.append(unique) }
    }

    /// Registers a type-erased handler for all events of all sockets.
    func addCatchAll(_ handler: @escaping EventHandlers.Handler) {
        state.withLock { $0.handlers.addCatchAll(handler) }
    }

    /// Ends the adapters, because the namespace has been removed or the server shuts down.
    func close() {
        adapter.close()
        if adapter !== local { local.close() }
    }

    /// All sockets in the namespace.
    public var everybody: Broadcast { Broadcast(namespace: self) }

    /// All sockets in `room`.
    public func to(_ room: String...) -> Broadcast { everybody.to(room) }

    /// All sockets of the namespace except those in `room`.
    public func except(_ room: String...) -> Broadcast { everybody.except(room) }

    /// Sends an event to all sockets in the namespace.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        everybody.emit(name, repeat each value)
    }

    var handlers: EventHandlers {
        // A dynamic namespace has the handlers of its family only: it isn't accessible before a client asks for it.
        (parent ?? self).state.withLock { $0.handlers }
    }

    var middlewares: [NamespaceMiddleware] {
        (parent?.middlewares ?? []) + state.withLock { $0.middlewares }
    }

    func connected(_ socket: Socket) {
        parent?.connected(socket)
        for handler in state.withLock({ $0.connectHandlers }) { handler(socket) }
    }
}
