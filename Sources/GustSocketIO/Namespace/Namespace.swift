import GustAdapter
public import GustHTTP
import Synchronization

/// A part of an endpoint that clients join by name, with middleware, handlers and rooms of its own.
///
/// All namespaces of a client share one connection. There is at most one namespace of a name at a time: a client that joins
/// it and ``SocketIO/subscript(_:)`` find the same object. A namespace of a ``NamespaceFamily`` has the middleware and
/// handlers of the family and, after these, its own.
///
/// `@unchecked Sendable`: repeated from the base class; all stored properties are constants that are `Sendable`.
public final class Namespace: SocketScope, @unchecked Sendable {
    /// The name, beginning with `/`.
    public let name: String
    /// Whether this is the namespace `/`, whose packets don't name it.
    let isRoot: Bool
    /// What the groups of the expression of the namespace's family have matched; empty in other namespaces.
    ///
    /// ```swift
    /// let rooms = try io.namespaces(matching: #"/room-(?P<number>\d+)"#)
    /// rooms.on("number") { (socket: Socket) in socket.namespace.captures["number"] }
    /// ```
    public let captures: Captures
    /// The family whose middleware and handlers the namespace has too.
    let family: NamespaceFamily?
    /// The name under which the namespace is measured; that of its family, so that clients can't make further ones.
    package let label: String
    /// Whether the namespace was made for a client, and is removed when its last socket leaves.
    let isDynamic: Bool
    private let members = Atomic<Int>(0)
    /// The connected sockets by id, for ``socket(_:)``; changed when a socket joins or leaves, never asked for a message.
    private let sockets = Mutex<[ByteText: Socket]>([:])
    /// The number of sockets that are in the namespace, or that middleware is deciding about.
    private let holders = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    /// The adapter that knows which sockets of this process are in which rooms.
    let local: LocalAdapter
    /// The adapter that operations on all nodes go through; the local adapter if ``SocketIOSettings/adapter`` isn't set.
    let adapter: any Adapter
    /// Whether packets to single sockets of clients that can recover go through the adapter.
    let recordsByAdapter: Bool

    /// Makes a namespace.
    ///
    /// - Parameters:
    ///   - name: the name, beginning with `/`.
    ///   - io: the server.
    ///   - origin: the family that has accepted the name, if one has.
    ///   - isDynamic: whether the namespace is made for a client.
    init(name: String, io: SocketIO, origin: NamespaceFamily.Member? = nil, isDynamic: Bool = false) {
        self.name = name
        isRoot = name.utf8.elementsEqual("/".utf8)
        family = origin?.family
        captures = origin?.captures ?? Captures()
        label = origin?.family.label ?? name
        self.isDynamic = isDynamic
        let handlers = ServerHandlers()
        let inherited = origin.map { [$0.family.serverHandlers] } ?? []
        local = LocalAdapter(namespaceName: name, io: io, serverHandlers: inherited + [handlers])
        adapter = io.settings.adapter?(local) ?? local
        recordsByAdapter = adapter.recordsPackets
        super.init(io: io, serverHandlers: handlers)
    }

    override func forEachNamespace(_ body: (Namespace) -> Void) { body(self) }

    // MARK: Sockets

    /// The number of sockets in the namespace, on all loops.
    public var socketCount: Int { members.load(ordering: .relaxed) }

    /// The connected socket with an id, on any event loop of this process; nil if there is none.
    ///
    /// May be called from any thread. The look-up takes the same time however many sockets there are.
    public func socket(_ id: String) -> Socket? { sockets.withLock { $0[ByteText(id)] } }

    /// The names of the rooms that have sockets of this process, ordered by their bytes, without the rooms of sockets' ids.
    ///
    /// Each loop lists its rooms by itself, so the array isn't a snapshot of one moment.
    public func rooms() async -> [String] { await local.roomNames().sorted().map(\.string) }

    /// Adds a socket that is connected now.
    func add(_ socket: Socket) {
        members.wrappingAdd(1, ordering: .relaxed)
        sockets.withLock { $0[socket.key] = socket }
    }

    /// Removes a socket that isn't connected any more.
    func remove(_ socket: Socket) {
        members.wrappingSubtract(1, ordering: .relaxed)
        // A socket that continues another one has the same id. Freed outside the lock.
        _ = sockets.withLock { sockets in
            sockets[socket.key] === socket ? sockets.removeValue(forKey: socket.key) : nil
        }
    }

    // MARK: Life

    /// Counts one more socket that is in the namespace or joining it.
    ///
    /// For a dynamic namespace this is called under the lock of the registry.
    func retain() { holders.wrappingAdd(1, ordering: .relaxed) }

    /// Balances ``retain()``; a dynamic namespace that has no sockets any more is removed.
    func release() {
        let before = holders.wrappingSubtract(1, ordering: .relaxed).oldValue
        if isDynamic, before == 1 { io.registry.remove(self) }
    }

    /// Whether no socket is in the namespace or joining it.
    var isUnused: Bool { holders.load(ordering: .relaxed) == 0 }

    /// Ends the adapters, because the namespace has been removed or the server has shut down; a second call does nothing.
    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        adapter.close()
        if adapter !== local { local.close() }
    }

    // MARK: Registrations

    /// The handlers of the family, followed by those of the namespace.
    var handlers: EventHandlers {
        guard let family else { return registrations.handlers }
        return family.registrations.handlers.followed(by: registrations.handlers)
    }

    /// The middleware of the family, followed by that of the namespace.
    var middlewares: [HandlerList<NamespaceMiddleware>.Entry] {
        let own = Array(registrations.middlewares)
        return family.map { Array($0.registrations.middlewares) + own } ?? own
    }

    /// Calls the connect handlers of the family, then those of the namespace.
    func connected(_ socket: Socket) {
        if let family {
            for (_, handler) in family.registrations.connectHandlers { handler(socket) }
        }
        for (_, handler) in registrations.connectHandlers { handler(socket) }
    }

    /// Whether the events of rooms are observed, here or in the family.
    var hasObservedRooms: Bool { observesRooms || family?.observesRooms == true }

    /// The handlers for the events of rooms, those of the family first.
    var roomHandlers: [@Sendable (Namespace, RoomEvent) -> Void] {
        let inherited = family?.registrations.roomHandlers.map(\.body) ?? []
        return inherited + registrations.roomHandlers.map(\.body)
    }
}
