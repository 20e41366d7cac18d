public import GustHTTP
public import GustWire
import NIOCore
import Synchronization

/// One client in one namespace.
///
/// Belongs to its connection's loop: handlers are called there. `emit` and the other methods may be called from
/// anywhere; on the loop they act at once, elsewhere they are posted to it, in order.
///
/// `@unchecked Sendable`: its mutable properties are used on the connection's loop only; every public method hops there
/// first (`run`), and what is public to read is constant or atomic.
public final class Socket: @unchecked Sendable {
    /// The socket's own id.
    ///
    /// Unique in its namespace, a secret of this client: 20 characters of its own, or, for clients before 3.0, made of
    /// the session id. Also the name of a room with it alone.
    public let id: String
    /// The namespace this socket is in.
    public let namespace: Namespace
    /// What is known from the request that opened the connection.
    public let handshake: SocketHandshake
    /// What the client sent along when it joined, undecoded; nil if nothing.
    ///
    /// Clients before 3.0 have no such payload: theirs is the query behind the namespace's name, as an object of strings
    /// (of arrays, where a name is repeated).
    public let auth: JSONSlice?

    let connection: Connection
    /// The socket's id as the name of its own room.
    let key: ByteText
    /// The namespace's handlers as they were when this socket was made: read for every event, so without its lock.
    let namespaceHandlers: EventHandlers
    /// Exclusivity needn't be checked at run time: handlers are called on a copy.
    @exclusivity(unchecked) var handlers = EventHandlers()
    var messageHandlers: [@Sendable (Message) -> Void] = []
    var disconnectHandlers: [@Sendable (CloseReason) -> Void] = []
    var disconnectingHandlers: [@Sendable (CloseReason) -> Void] = []
    /// The rooms that were joined, without its own: changed on the loop only, read from anywhere.
    let roomKeys = Mutex<Set<ByteText>>([])
    var acknowledgements = PendingAcknowledgements()
    var handlerTasks = HandlerTasks()
    private let connected = Atomic<Bool>(false)
    /// Whether the socket has left or was refused: nothing may be registered any more, because nothing would free it.
    private(set) var isOver = false
    /// What was sent before the client was let in, to follow right behind the answer; nil afterwards.
    @exclusivity(unchecked) private var earlyPackets: [Packet]? = []

    init(connection: Connection, namespace: Namespace, auth: JSONSlice?) {
        let identifiers = connection.revision.socketIdentifiers
        let id = identifiers.derived(from: connection.sid, in: namespace.name) ?? ConnectionIdentifier.make()
        self.id = id
        key = ByteText(id)
        self.connection = connection
        self.namespace = namespace
        namespaceHandlers = namespace.handlers
        // It outlives the read that it is a slice of.
        self.auth = auth?.detached
        handshake = connection.handshake
        connection.io.liveObjects.sockets.increment()
    }

    deinit { connection.io.liveObjects.sockets.decrement() }

    /// Whether the client is in the namespace.
    public var isConnected: Bool { connected.load(ordering: .acquiring) }

    /// The protocol generation the client speaks, such as `Revision.engineIO4`.
    public var revision: Revision { connection.revision }

    /// The session id of the connection, which all sockets of one client share.
    public var sessionID: String { connection.sid }

    /// The user's data, which all sockets of one client share.
    ///
    /// Behind the middleware `Sessions` it is the browser's session, the same that its HTTP requests have. Without it, it is
    /// the connection's own, with ``sessionID`` as its id and ``SocketIOSettings/sessionStore`` as its store. What is changed
    /// here is kept by ``Session/save()``.
    public var session: Session { connection.session }

    /// The name of the transport that carries the client now, such as `polling`.
    public var transport: String { connection.transportName.withLock { $0 } }

    /// Runs `body` on the socket's loop: in place if the caller is there, else posted.
    func run(_ body: @escaping @Sendable (Socket) -> Void) {
        if connection.isOnLoop { body(self) } else { connection.run { _ in body(self) } }
    }

    // MARK: Life

    /// The socket is in; called once, on the loop, before the client is told.
    func enterNamespace() {
        connected.store(true, ordering: .releasing)
        namespace.adapter.insert(self)
        for room in joinedRooms { namespace.adapter.join(self, room) }
        namespace.count(+1)
    }

    /// Sends what middlewares sent before the client was told that it is in.
    func sendEarlyPackets() {
        let packets = earlyPackets ?? []
        earlyPackets = nil
        for packet in packets { connection.send(packet) }
    }

    /// Ends this socket: handlers are told, rooms are left.
    ///
    /// Called once, on the loop.
    func leaveNamespace(_ reason: CloseReason) {
        guard isConnected else { return }
        for handler in disconnectingHandlers { handler(reason) }
        // A handler may have ended the connection, and this socket with it.
        guard isConnected else { return }
        connected.store(false, ordering: .releasing)
        namespace.adapter.remove(self)
        roomKeys.withLock { $0 = [] }
        namespace.count(-1)
        for completion in acknowledgements.removeAll(on: connection) { completion(.failure(.disconnected)) }
        for handler in disconnectHandlers { handler(reason) }
        letGo()
    }

    /// The client was refused, or left before it was let in: frees what middlewares registered.
    ///
    /// On the loop; harmless if the socket is over already.
    func discard() {
        guard !isOver, !isConnected else { return }
        letGo()
    }

    /// Lets go of everything that may hold this socket: handlers usually do.
    private func letGo() {
        isOver = true
        handlerTasks.cancelAll()
        earlyPackets = nil
        handlers = EventHandlers()
        messageHandlers = []
        disconnectHandlers = []
        disconnectingHandlers = []
        namespace.release()
    }

    /// Registers a handler, unless the socket is over.
    func register(_ body: @escaping @Sendable (Socket) -> Void) {
        run { socket in
            if !socket.isOver { body(socket) }
        }
    }

    /// Leaves the old loop's membership; gives the rooms to take along.
    func detachFromLoop() -> Set<ByteText> {
        let rooms = joinedRooms
        acknowledgements.disarmAll(on: connection)
        namespace.adapter.depart(self, from: connection.shard)
        return rooms
    }

    /// Enters the new loop's membership.
    func attachToLoop(_ rooms: Set<ByteText>) {
        namespace.adapter.insert(self)
        for room in rooms { namespace.adapter.join(self, room) }
        acknowledgements.armAll(on: connection)
    }

    // MARK: Sending

    /// Sends a packet; on the loop at once, else posted.
    func send(_ packet: Packet, isVolatile: Bool) {
        guard connection.isOnLoop else { return post(packet, isVolatile: isVolatile) }
        if let count = earlyPackets?.count {
            guard count < connection.io.settings.outbox.maximumPackets else {
                return connection.transportEnded(.outboxOverflow)
            }
            earlyPackets?.append(packet)
        } else if isConnected {
            connection.send(packet, isVolatile: isVolatile)
        }
    }

    /// Sends a packet from elsewhere: it is numbered now, so that a move can't change its place.
    private func post(_ packet: Packet, isVolatile: Bool) {
        let shared = SharedPacket(packet.detached)
        let isPosted = connection.post(weight: packet.weight) { connection in
            if self.earlyPackets != nil {
                self.send(shared.packet, isVolatile: isVolatile)
            } else if self.isConnected {
                connection.send(posted: shared, isVolatile: isVolatile)
            }
        }
        if !isPosted { connection.io.refuseWork(of: self, in: packet.eventName) }
        let shard = connection.shard
        if shard.inbox.isCongested {
            let here = connection.io.shards.all.first { $0.eventLoop.inEventLoop }
            let sender = here?.receiving?.takeUnretainedValue() ?? SendingConnection.current
            sender?.run { $0.pause(for: shard) }
        }
    }

    /// Sends a packet that many get.
    ///
    /// On the loop.
    func deliver(_ shared: SharedPacket, isVolatile: Bool) {
        connection.send(shared, isVolatile: isVolatile)
    }
}
