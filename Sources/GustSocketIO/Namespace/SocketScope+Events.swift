import GustWire

/// Handlers for the events of all clients of a namespace or a family; they use no memory per socket.
///
/// The rules are those of `Socket.on`, but the closure receives the socket as its first argument.
/// Handlers must be registered before the server runs: a handler that is registered later isn't called
/// for the sockets that exist already.
extension SocketScope {
    /// Calls `body` for each event `name` with its undecoded arguments.
    ///
    /// The event is acknowledged only if `body` acknowledges it.
    @discardableResult
    public func on(_ name: String, _ body: @escaping @Sendable (Socket, ReceivedEvent) -> Void) -> HandlerToken {
        add(name, body)
    }

    /// Calls `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// `body` runs on the socket's loop and must not block. If the arguments can't be decoded or `body` throws, the
    /// error is reported to ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}`, with the text of the
    /// error only if it is a ``PublicError``.
    @discardableResult
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Void
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.immediate { (socket: Socket, argument: repeat each Argument) -> Arguments in
                try body(socket, repeat each argument)
                return Arguments()
            }
        )
    }

    /// Calls `body` with the decoded arguments of each event `name`; its result is the acknowledgement.
    ///
    /// `body` runs on the socket's loop and must not block. If the arguments can't be decoded or `body` throws, the
    /// error is reported to ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}`, with the text of the
    /// error only if it is a ``PublicError``.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.immediate { (socket: Socket, argument: repeat each Argument) -> Arguments in
                try EventHandlers.acknowledgement(try body(socket, repeat each argument))
            }
        )
    }

    /// Starts `body` with the decoded arguments of each event `name`; its result is the acknowledgement.
    ///
    /// `body` runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds
    /// how many such tasks a connection may have before the server stops reading from it. Errors are
    /// handled as in the synchronous form.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Answer
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.suspending { (socket: Socket, argument: repeat each Argument) async throws -> Arguments in
                try EventHandlers.acknowledgement(try await body(socket, repeat each argument))
            }
        )
    }

    /// Starts `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// `body` runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds
    /// how many such tasks a connection may have before the server stops reading from it. Errors are
    /// handled as in the synchronous form.
    @discardableResult
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Void
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.suspending { (socket: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(socket, repeat each argument)
                return Arguments()
            }
        )
    }

    /// Calls `body` for every event, before all other handlers.
    @discardableResult
    public func onAny(_ body: @escaping @Sendable (Socket, ReceivedEvent) -> Void) -> HandlerToken {
        register { $0.handlers.addCatchAll($1, body) }
    }

    func add(_ name: String, _ handler: @escaping EventHandlers.Handler) -> HandlerToken {
        register { $0.handlers.add(name, $1, handler) }
    }
}
