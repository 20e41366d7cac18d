import Synchronization

/// The sockets of a ``Namespace``, or of all namespaces of a ``NamespaceFamily``: their middleware, their handlers, and
/// broadcasts to them.
///
/// Middleware and handlers must be registered before the server runs; they use no memory per socket. Each registration
/// returns a token, by which ``off(_:)`` removes it.
///
/// `@unchecked Sendable`: there are subclasses, but all stored properties are constants that are `Sendable`.
public class SocketScope: @unchecked Sendable {
    let io: SocketIO
    private let state = Mutex(ScopeRegistrations())
    /// Whether there are handlers for the events of rooms; asked without the lock whenever a socket joins a room.
    private let hasRoomHandlers = Atomic<Bool>(false)

    /// The handlers for events between servers that are registered here.
    let serverHandlers: ServerHandlers

    init(io: SocketIO, serverHandlers: ServerHandlers = ServerHandlers()) {
        self.io = io
        self.serverHandlers = serverHandlers
    }

    /// Reports an error that belongs to no socket.
    package final func report(_ error: any Error, in event: String) { io.report(error, of: nil, in: event) }

    /// Calls `body` with each namespace that a broadcast reaches.
    func forEachNamespace(_ body: (Namespace) -> Void) {}

    // MARK: Registering

    /// Registers middleware that decides whether a client may join: `body` refuses the client by throwing.
    ///
    /// The error should be a ``ConnectError``. The client receives the text of the error only if it is a
    /// ``PublicError``. Middleware is called in the order of registration, on the connection's loop, and
    /// must not block.
    @discardableResult
    public final func use(_ body: @escaping @Sendable (Socket) throws -> Void) -> HandlerToken {
        register { $0.middlewares.add($1, .immediate(body)) }
    }

    /// Registers async middleware that decides whether a client may join: `body` refuses the client by throwing.
    ///
    /// The error should be a ``ConnectError``. The client receives the text of the error only if it is a
    /// ``PublicError``.
    @discardableResult
    public final func use(_ body: @escaping @Sendable (Socket) async throws -> Void) -> HandlerToken {
        register { $0.middlewares.add($1, .suspending(body)) }
    }

    /// Calls `body` with each socket that has joined; handlers for its events are registered there.
    ///
    /// `body` is called on the socket's loop and must not block.
    @discardableResult
    public final func onConnect(_ body: @escaping @Sendable (Socket) -> Void) -> HandlerToken {
        register { $0.connectHandlers.add($1, body) }
    }

    /// Calls `body` with the next socket that joins, and with no other.
    ///
    /// In a family this is the next socket of any of its namespaces. `body` is called as by ``onConnect(_:)``.
    @discardableResult
    public final func onceConnect(_ body: @escaping @Sendable (Socket) -> Void) -> HandlerToken {
        let call = SingleCall()
        return register { registrations, token in
            registrations.connectHandlers.add(token) { [weak self] socket in
                guard call.begin() else { return }
                self?.off(token)
                body(socket)
            }
        }
    }

    /// Removes the middleware or the handler that `token` names; does nothing if it isn't registered here.
    ///
    /// The sockets that exist already keep the handlers for their events.
    public final func off(_ token: HandlerToken) {
        let former = state.withLock { registrations in
            defer { registrations.remove(token) }
            return registrations
        }
        // Freed without the lock: what a handler owns may call this method at its end.
        withExtendedLifetime(former) {}
    }

    /// Calls the closures with the rooms of this process: when the first socket joins a room, when any socket joins or
    /// leaves it, and when the last socket has left it.
    ///
    /// These are the events `create-room`, `join-room`, `leave-room` and `delete-room` of Node's adapter. A room is
    /// counted over all event loops of the process, and not over the other nodes of a cluster: each node has events of its
    /// own. The room of a socket's id has no events. A socket that moves to another event loop, or is recovered, stays in
    /// its rooms. A socket that has lost its connection and can be recovered leaves them when it is given up.
    ///
    /// The closures are called one at a time and in the order of the events, on any event loop of the server; they must not
    /// block. If nothing is registered, the events cost nothing. What happened before the registration isn't counted.
    ///
    /// ```swift
    /// io["/"].onRoom(
    ///     created: { _, room in print("\(room) is open") },
    ///     joined: { namespace, room, id in namespace.to(room).except(id).emit("arrived", id) }
    /// )
    /// ```
    /// - Parameters:
    ///   - created: takes the namespace and the name of a room that has its first socket, before `joined` is called.
    ///   - joined: takes the namespace, the name of the room and the id of the socket.
    ///   - left: takes the namespace, the name of the room and the id of the socket.
    ///   - deleted: takes the namespace and the name of a room that is empty, after `left` was called.
    /// - Returns: the token of the registration, for ``off(_:)``.
    @discardableResult
    public final func onRoom(
        created: @escaping @Sendable (_ namespace: Namespace, _ room: String) -> Void = { _, _ in },
        joined: @escaping @Sendable (_ namespace: Namespace, _ room: String, _ id: String) -> Void = { _, _, _ in },
        left: @escaping @Sendable (_ namespace: Namespace, _ room: String, _ id: String) -> Void = { _, _, _ in },
        deleted: @escaping @Sendable (_ namespace: Namespace, _ room: String) -> Void = { _, _ in }
    ) -> HandlerToken {
        defer { hasRoomHandlers.store(true, ordering: .releasing) }
        return register { registrations, token in
            registrations.roomHandlers.add(token) { namespace, event in
                switch event.change {
                case .created: created(namespace, event.room)
                case .joined: joined(namespace, event.room, event.socketID)
                case .left: left(namespace, event.room, event.socketID)
                case .deleted: deleted(namespace, event.room)
                }
            }
        }
    }

    final func register(_ body: (inout ScopeRegistrations, HandlerToken) -> Void) -> HandlerToken {
        let token = HandlerToken()
        state.withLock { body(&$0, token) }
        return token
    }

    /// What is registered here, and not on the family of a namespace.
    final var registrations: ScopeRegistrations { state.withLock { $0 } }

    /// Whether somebody observes the rooms.
    final var observesRooms: Bool { hasRoomHandlers.load(ordering: .acquiring) }

    // MARK: Broadcasts

    /// All sockets.
    public final var everybody: Broadcast { Broadcast(namespace: self) }

    /// All sockets in `room`.
    public final func to(_ room: String...) -> Broadcast { everybody.to(room) }

    /// All sockets except those in `room`.
    public final func except(_ room: String...) -> Broadcast { everybody.except(room) }

    /// Sends an event to all sockets.
    public final func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        everybody.emit(name, repeat each value)
    }
}
