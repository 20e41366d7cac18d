import Synchronization

/// A middleware of a namespace: lets a socket in by returning, refuses it by throwing.
enum NamespaceMiddleware: Sendable {
    case immediate(@Sendable (Socket) throws -> Void)
    case suspending(@Sendable (Socket) async throws -> Void)
}

/// A part of an endpoint that clients join by name: its own middlewares, handlers and rooms on the shared connection.
///
/// Register everything before the server runs. What is registered here costs nothing per socket.
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
    /// How many sockets are in, or about to be: those that a middleware is asked about are counted too.
    private let holders = Atomic<Int>(0)
    /// Those whose registrations a dynamic namespace shares; nil for one that stands for itself.
    private let parent: Namespace?

    init(name: String, io: SocketIO, parent: Namespace? = nil) {
        self.name = name
        self.io = io
        self.parent = parent
    }

    /// Who is in which room.
    var adapter: LocalAdapter { LocalAdapter(namespace: self, loops: io.shards) }

    /// How many sockets are in the namespace, on all loops.
    public var socketCount: Int { members.load(ordering: .relaxed) }

    func count(_ change: Int) {
        members.wrappingAdd(change, ordering: .relaxed)
    }

    /// Whether it was made for a client that asked for it.
    var isDynamic: Bool { parent != nil }

    /// One more socket is in, or about to be; for a dynamic namespace under the registry's lock.
    func retain() { holders.wrappingAdd(1, ordering: .relaxed) }

    /// The counterpart of ``retain()``: a dynamic namespace without sockets is forgotten.
    func release() {
        let before = holders.wrappingSubtract(1, ordering: .relaxed).oldValue
        if parent != nil, before == 1 { io.releaseNamespace(self) }
    }

    /// Whether no socket is in, or about to be.
    var isUnused: Bool { holders.load(ordering: .relaxed) == 0 }

    /// Asks `body` before a client is let in; it refuses by throwing, best a ``ConnectError``.
    ///
    /// The client reads the text of a ``PublicError`` and of no other. Middlewares are
    /// asked in the order of registration, on the connection's loop, and must not block.
    public func use(_ body: @escaping @Sendable (Socket) throws -> Void) {
        state.withLock { $0.middlewares.append(.immediate(body)) }
    }

    /// Asks `body`, which may wait, before a client is let in; it refuses by throwing, best a ``ConnectError``.
    ///
    /// The client reads the text of a ``PublicError`` and of no other.
    public func use(_ body: @escaping @Sendable (Socket) async throws -> Void) {
        state.withLock { $0.middlewares.append(.suspending(body)) }
    }

    /// Calls `body`, on the socket's loop, with each socket that was let in; the place to register its handlers.
    public func onConnect(_ body: @escaping @Sendable (Socket) -> Void) {
        state.withLock { $0.connectHandlers.append(body) }
    }

    /// Calls `body` with each event `name` of any socket, with all types erased.
    func add(_ name: String, _ handler: @escaping EventHandlers.Handler) {
        state.withLock { $0.handlers.add(name, handler) }
    }

    /// Everybody in the namespace.
    public var everybody: Broadcast { Broadcast(namespace: self) }

    /// Everybody in `room`.
    public func to(_ room: String...) -> Broadcast { everybody.to(room) }

    /// Everybody but those in `room`.
    public func except(_ room: String...) -> Broadcast { everybody.except(room) }

    /// Sends an event to everybody in the namespace.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        everybody.emit(name, repeat each value)
    }

    var handlers: EventHandlers {
        // A dynamic namespace has the handlers of its family, and none of its own: it can't be had before clients come.
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
