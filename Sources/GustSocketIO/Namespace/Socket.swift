import GustAdapter
import GustHTTP
public import GustSessions
public import GustWire
import NIOCore
import Synchronization

/// One client in one namespace.
///
/// Handlers are called on the loop of the socket's connection. `emit` and the other methods may be called from any
/// thread: on that loop they take effect at once, elsewhere the call is posted to the loop, and calls keep their order.
///
/// `@unchecked Sendable`: the mutable properties are used on the connection's loop only. Every public method that uses
/// them hops to that loop first (`run`); the public properties are constant, atomic or behind a lock.
public final class Socket: @unchecked Sendable {
    // What the delivery of a broadcast uses comes first, so that it is in one line of the processor's cache.
    let connection: Connection
    /// What the client needs to continue this socket after it has lost its connection; nil if it can't.
    let recovery: SocketRecovery?
    /// The handlers for outgoing events; nil for most sockets, so that their packets cost one comparison.
    @exclusivity(unchecked) var outgoingHandlers: OutgoingHandlers?

    /// The id of the socket.
    ///
    /// The id is unique in its namespace and a secret of this client. It has 20 random characters, or, for clients
    /// before 3.0, is derived from the sid. It also is the name of a room that contains only this socket.
    public let id: String
    /// The namespace of this socket.
    public let namespace: Namespace
    private let givenAuth: Auth?

    /// The namespace's handlers, copied when this socket was made, because every event uses them and the
    /// copy needs no lock.
    let namespaceHandlers: EventHandlers
    /// The handlers of this socket; nil for most sockets.
    private(set) var handlers: SocketHandlers? {
        didSet { hasEventHandlers = handlers?.events.isEmpty == false }
    }
    /// The packet middleware; nil for most sockets, so that their events cost one comparison.
    @exclusivity(unchecked) var eventMiddlewares: EventMiddlewares?
    private let dataReference = LazyReference<SocketData>()
    /// The joined rooms, without the room of the socket's id: changed on the loop only, read from any thread.
    let roomKeys = Mutex<Set<ByteText>>([])
    var acknowledgements = PendingAcknowledgements()
    var handlerTasks = HandlerTasks()
    /// The packets that middleware sent; they follow directly behind the CONNECT packet, and the value is
    /// nil afterwards.
    @exclusivity(unchecked) var earlyPackets: [Packet]? = []

    private let connected = Atomic<Bool>(false)
    /// Whether ``handlers`` has some for events; kept here because each event needs it.
    @exclusivity(unchecked) private(set) var hasEventHandlers = false
    /// Whether the socket was disconnected or refused.
    ///
    /// Then no handler may be registered, because nothing would free the handler.
    private(set) var isOver = false
    /// Why the socket was disconnected; nil before, and if the client was never let in.
    private var closeReason: CloseReason?
    /// Whether the socket has lost its connection and waits for its client.
    ///
    /// Changed on the loop only.
    @exclusivity(unchecked) var isLost = false

    /// The payload of a CONNECT, in an object, because most have none.
    private final class Auth: Sendable {
        let payload: JSONSlice

        init(_ payload: JSONSlice) {
            self.payload = payload
        }
    }

    /// Makes a socket.
    ///
    /// - Parameters:
    ///   - connection: the connection of the client.
    ///   - namespace: the namespace that the client joins.
    ///   - auth: the payload of the client's CONNECT.
    ///   - earlier: the id and the data of the socket that this one continues.
    ///   - recovery: the state to continue; nil makes a new one if clients can recover.
    init(
        connection: Connection,
        namespace: Namespace,
        auth: JSONSlice?,
        continuing earlier: (id: String, data: SocketData)? = nil,
        _ recovery: SocketRecovery? = nil
    ) {
        let identifiers = connection.revision.socketIdentifiers
        let id =
            earlier?.id ?? identifiers.derived(from: connection.sid, in: namespace.name) ?? ConnectionIdentifier.make()
        self.recovery =
            recovery
            ?? (connection.recovers ? connection.io.settings.recovery : nil).map {
                SocketRecovery(pid: ConnectionIdentifier.make(), limits: $0, isRecovered: false)
            }
        self.id = id
        self.connection = connection
        self.namespace = namespace
        namespaceHandlers = namespace.handlers
        // The slice is detached, because the socket outlives the buffer that was read.
        givenAuth = (auth?.detached).map(Auth.init)
        if let earlier { _ = dataReference.value { earlier.data } }
        connection.io.liveObjects.sockets.increment()
    }

    deinit { connection.io.liveObjects.sockets.decrement() }

    /// Whether the client is in the namespace.
    public var isConnected: Bool { connected.load(ordering: .acquiring) }

    /// The request that opened the connection.
    public var handshake: SocketHandshake { connection.handshake }

    /// The payload of the client's `CONNECT`, undecoded; nil if there is none.
    ///
    /// The `CONNECT` of clients before 3.0 has no payload. For them this is the query behind the namespace's name, as
    /// an object of strings, or of arrays of strings where a name is repeated.
    public var auth: JSONSlice? { givenAuth?.payload }

    /// The socket's id as the name of a room.
    var key: ByteText { ByteText(id) }

    /// The client's revision of the protocol, such as `Revision.engineIO4`.
    public var revision: Revision { connection.revision }

    /// The sid of the connection, which all sockets of one client share.
    public var sessionID: String { connection.sid }

    /// The session, which all sockets of one client share.
    ///
    /// If the middleware `Sessions` is in front of the endpoint, this is the session of the browser, which the
    /// browser's HTTP requests use too. Otherwise it is a session of the connection, with ``sessionID`` as its id and
    /// ``SocketIOSettings/sessionStore`` as its store. Changes are stored by `Session.save()`.
    public var session: Session { connection.session }

    /// The values of this socket, which code may set and read from any thread.
    public var data: SocketData { dataReference.value { SocketData() } }

    /// The name of the connection's current transport, such as `polling`.
    public var transport: String { connection.transportName }

    /// Runs `body` on the socket's loop: in place if the caller is on that loop, otherwise as a posted task.
    func run(_ body: @escaping @Sendable (Socket) -> Void) {
        if connection.isOnLoop { body(self) } else { connection.run { _ in body(self) } }
    }

    // MARK: Life

    /// Adds the socket to the namespace.
    ///
    /// Called once, on the loop, before CONNECT is sent to the client.
    func enterNamespace() {
        connected.store(true, ordering: .releasing)
        namespace.local.insert(self)
        for room in joinedRooms { namespace.local.join(self, room) }
        namespace.add(self)
        if recovery != nil, let outcomes = connection.io.outcomes, isRecovered || RecoveryRequest(auth) != nil {
            outcomes.add(.recovered(isRecovered))
        }
        // A socket that continues another one has taken the private id over already.
        if let recovery, !recovery.isRecovered { connection.io.recoverable.insert(self, recovery.pid) }
    }

    /// The payload of the CONNECT packet for the client: the id, and the private id if the client can recover.
    var connectPayload: JSONSlice {
        let pid = recovery.map { #","pid":"\#($0.pid)""# } ?? ""
        return JSONSlice(trusted: ByteBuffer(string: #"{"sid":"\#(id)"\#(pid)}"#))
    }

    /// Sends the packets that middleware sent before CONNECT.
    func sendEarlyPackets() {
        let packets = earlyPackets ?? []
        earlyPackets = nil
        for packet in packets { send(packet, isVolatile: false) }
    }

    /// Disconnects this socket: leaves its rooms and calls the handlers for the disconnect.
    ///
    /// Called once, on the loop.
    func leaveNamespace(_ reason: CloseReason) {
        guard isConnected else { return }
        let details = details(of: reason)
        for (_, handler) in handlers?.disconnecting ?? HandlerList() { handler.call(reason, details) }
        // A handler may have closed the connection, which disconnects this socket.
        guard isConnected else { return }
        connected.store(false, ordering: .releasing)
        closeReason = reason
        connection.io.outcomes?.add(.disconnected(reason))
        let isKept = becomeLost(reason)
        if !isKept { leaveRooms() }
        namespace.remove(self)
        for completion in acknowledgements.removeAll(on: connection) { completion(.failure(.disconnected)) }
        for (_, handler) in handlers?.disconnect ?? HandlerList() { handler.call(reason, details) }
        letGo()
    }

    private func details(of reason: CloseReason) -> DisconnectDetails {
        switch reason {
        // The connection may have ended since, for another reason.
        case .clientNamespaceDisconnect, .serverNamespaceDisconnect: reason.details
        default: connection.endDetails ?? reason.details
        }
    }

    /// Ends a socket that isn't in its namespace, because the client was refused or left before the decision: frees the handlers
    /// that middleware registered, and leaves the rooms of an earlier socket that this one continues.
    ///
    /// Called on the loop; does nothing if the socket is connected or over, or if the earlier socket is still being handed over.
    func discard() {
        guard !isOver, !isConnected, recovery?.isHandingOver != true else { return }
        if recovery != nil, !isLost { leaveRooms() }
        for (_, handler) in handlers?.disconnect ?? HandlerList() { handler.callWithoutDisconnect() }
        letGo()
    }

    private func leaveRooms() {
        namespace.local.remove(self)
        roomKeys.withLock { $0 = [] }
        if let recovery { connection.io.recoverable.remove(self, recovery.pid) }
    }

    /// Releases everything that may retain this socket; handlers usually do.
    private func letGo() {
        isOver = true
        handlerTasks.cancelAll()
        earlyPackets = nil
        // Freed at the end: what handlers own may remove others.
        let former = (handlers, outgoingHandlers, eventMiddlewares)
        defer { withExtendedLifetime(former) {} }
        handlers = nil
        outgoingHandlers = nil
        removeMiddlewares()
        if !isLost { namespace.release() }
    }

    /// Runs `body`, which registers a handler, on the loop, unless the socket is over.
    func register(_ body: @escaping @Sendable (Socket) -> Void) {
        run { socket in
            if !socket.isOver { body(socket) }
        }
    }

    /// Adds a handler of this socket by `add`, on the loop, unless the socket is over.
    func addHandler(_ add: @escaping @Sendable (SocketHandlers) -> Void) {
        register { socket in
            let handlers = socket.handlers ?? SocketHandlers()
            add(handlers)
            socket.handlers = handlers
        }
    }

    /// Adds a handler of the disconnect, or calls it at once if the socket is disconnected: what it frees would never be freed.
    func addDisconnectHandler(_ handler: DisconnectHandler) -> HandlerToken {
        let token = HandlerToken()
        run { socket in
            if let reason = socket.closeReason {
                handler.call(reason, socket.details(of: reason))
            } else if socket.isOver {
                handler.callWithoutDisconnect()
            } else {
                socket.addHandler { $0.disconnect.add(token, handler) }
            }
        }
        return token
    }

    /// Calls `body` exactly once, on the loop, when the socket is disconnected or refused; at once if it has been already.
    package func whenOver(_ body: @escaping @Sendable () -> Void) {
        _ = addDisconnectHandler(.always(body))
    }

    /// Removes handlers of this socket by `remove`, which is called on the loop.
    func removeHandlers(_ remove: (SocketHandlers) -> Void) {
        guard let former = handlers else { return }
        // A copy, so that the removed handlers are freed at the end: what they own may call this method then.
        let rest = SocketHandlers(former)
        remove(rest)
        handlers = rest.isEmpty ? nil : rest
        withExtendedLifetime(former) {}
    }

    /// Removes the socket from the members on the loop that the connection leaves, and returns its rooms.
    func detachFromLoop() -> Set<ByteText> {
        let rooms = joinedRooms
        acknowledgements.disarmAll(on: connection)
        namespace.local.depart(self, from: connection.shard)
        return rooms
    }

    /// Adds the socket, with its rooms, to the members on the loop to which the connection has moved.
    func attachToLoop(_ rooms: Set<ByteText>) {
        namespace.local.arrive(self, rooms)
        acknowledgements.armAll(on: connection)
    }
}
