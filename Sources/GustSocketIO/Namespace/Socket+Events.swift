public import GustWire

/// Handlers for the events of one socket.
///
/// A synchronous closure is called in place, on the socket's loop, in the order of the events; it must not block. An
/// async closure is started in that order, as one task for each event. The task runs on the loop of the connection,
/// also after the connection has moved to another loop, and may interleave with other tasks at suspension points. The
/// task is cancelled when the socket is disconnected; a `CancellationError` isn't reported.
///
/// If the arguments can't be decoded or the closure throws, the error is reported to ``SocketIO/onError(_:)``. If the
/// client requested an acknowledgement, it is `{"error": …}` then: with the text of a ``PublicError``, such as the
/// description of the wrong argument, and with a fixed text for any other error. Arguments beyond those of the closure
/// are ignored, as in JavaScript.
extension Socket {
    /// Calls `body` for each event `name` with its undecoded arguments.
    ///
    /// The event is acknowledged only if `body` acknowledges it.
    @discardableResult
    public func on(_ name: String, _ body: @escaping @Sendable (ReceivedEvent) -> Void) -> HandlerToken {
        add(name) { _, event in body(event) }
    }

    /// Calls `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// `body` runs on the socket's loop and must not block. If the arguments can't be decoded or `body` throws, the
    /// error is reported to ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}`, with the text of the
    /// error only if it is a ``PublicError``.
    @discardableResult
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try body(repeat each argument)
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
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try EventHandlers.acknowledgement(try body(repeat each argument))
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
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(repeat each argument)
                return Arguments()
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
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Answer
    ) -> HandlerToken {
        add(
            name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try EventHandlers.acknowledgement(try await body(repeat each argument))
            }
        )
    }

    /// Calls `body` for every event, before the handlers of its name.
    @discardableResult
    public func onAny(_ body: @escaping @Sendable (ReceivedEvent) -> Void) -> HandlerToken {
        let token = HandlerToken()
        addHandler { $0.events.addCatchAll(token) { _, event in body(event) } }
        return token
    }

    /// Calls `body` for every message.
    ///
    /// These are the messages of clients whose revision has no events, and the events `message` of other clients if no
    /// handler is registered for that name.
    @discardableResult
    public func onMessage(_ body: @escaping @Sendable (Message) -> Void) -> HandlerToken {
        let token = HandlerToken()
        addHandler { $0.messages.add(token, MessageHandler(call: body)) }
        return token
    }

    /// Calls `body` with the name and the arguments of every event that is sent to this client, also by broadcasts, before the
    /// event is sent.
    ///
    /// `body` runs on the socket's loop and must not block. A message is passed as the event `message`; acknowledgements
    /// are not passed. Volatile events are passed even if they are dropped afterwards. Events that `body` itself sends to this
    /// client are not passed.
    @discardableResult
    public func onAnyOutgoing(
        _ body: @escaping @Sendable (_ name: String, _ arguments: Arguments) -> Void
    ) -> HandlerToken {
        let token = HandlerToken()
        register { socket in
            let handlers = socket.outgoingHandlers ?? OutgoingHandlers()
            handlers.list.add(token, body)
            socket.outgoingHandlers = handlers
        }
        return token
    }

    /// Calls `body` before the socket is disconnected, while it still is in its rooms; never if it has been disconnected already.
    @discardableResult
    public func onDisconnecting(_ body: @escaping @Sendable (CloseReason) -> Void) -> HandlerToken {
        let token = HandlerToken()
        addHandler { $0.disconnecting.add(token, .brief(body)) }
        return token
    }

    /// Calls `body` with details before the socket is disconnected, while it still is in its rooms.
    @discardableResult
    public func onDisconnecting(
        _ body: @escaping @Sendable (CloseReason, DisconnectDetails) -> Void
    ) -> HandlerToken {
        let token = HandlerToken()
        addHandler { $0.disconnecting.add(token, .detailed(body)) }
        return token
    }

    /// Calls `body` exactly once, after the socket has been disconnected, on every transport.
    ///
    /// If the socket has been disconnected already, such as while an `async` handler waited for a database, `body` is called at once.
    /// It is never called for a socket that wasn't let into the namespace. It runs on the socket's loop and must not block.
    @discardableResult
    public func onDisconnect(_ body: @escaping @Sendable (CloseReason) -> Void) -> HandlerToken {
        addDisconnectHandler(.brief(body))
    }

    /// Calls `body` with details exactly once, after the socket has been disconnected, on every transport; at once if it has been
    /// disconnected already.
    @discardableResult
    public func onDisconnect(_ body: @escaping @Sendable (CloseReason, DisconnectDetails) -> Void) -> HandlerToken {
        addDisconnectHandler(.detailed(body))
    }

    func add(_ name: String, _ handler: @escaping EventHandlers.Handler) -> HandlerToken {
        let token = HandlerToken()
        addHandler { $0.events.add(name, token, handler) }
        return token
    }

    /// Registers a handler that is removed before it is called.
    func addOnce(_ name: String, _ handler: @escaping EventHandlers.Handler) -> HandlerToken {
        let token = HandlerToken()
        addHandler { handlers in
            handlers.events.add(name, token) { socket, event in
                socket.removeHandlers { $0.events.remove(token) }
                handler(socket, event)
            }
        }
        return token
    }
}
