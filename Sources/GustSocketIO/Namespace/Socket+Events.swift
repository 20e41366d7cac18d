public import GustWire

/// Registering handlers for what the client of one socket sends.
///
/// A synchronous closure is called in place, on the socket's loop, in the order of the events; it must not block. An
/// async closure starts in that order, one task an event on the loop of the connection, wherever that moves, and may interleave
/// with others where it waits; it is cancelled when the socket leaves, and a `CancellationError` is no error. Arguments that can't be decoded go to ``SocketIO/onError(_:)``, and the client's acknowledgement, if it asked
/// for one, is `{"error": …}`: it reads what is wrong with its arguments, the text of a ``PublicError`` that the closure
/// throws, and of no other error. Arguments beyond those of the closure are ignored, as in JavaScript.
extension Socket {
    /// Calls `body` for each event `name` with its undecoded arguments; it acknowledges by itself.
    public func on(_ name: String, _ body: @escaping @Sendable (ReceivedEvent) -> Void) {
        add(name) { _, event in body(event) }
    }

    /// Calls `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// Runs on the socket's loop and must not block. Arguments that can't be decoded, and what `body` throws, go to
    /// ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}` with the text of a ``PublicError``.
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) {
        add(
            name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try body(repeat each argument)
                return Arguments()
            }
        )
    }

    /// Calls `body` with the decoded arguments of each event `name`; what it returns is the acknowledgement.
    ///
    /// Runs on the socket's loop and must not block. Arguments that can't be decoded, and what `body` throws, go to
    /// ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}` with the text of a ``PublicError``.
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) {
        add(
            name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try Arguments.encoding(try body(repeat each argument))
            }
        )
    }

    /// Starts `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// Runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds how many wait at once.
    /// Errors are dealt with as those of the synchronous form are.
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) {
        add(
            name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(repeat each argument)
                return Arguments()
            }
        )
    }

    /// Starts `body` with the decoded arguments of each event `name`; what it returns is the acknowledgement.
    ///
    /// Runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds how many wait at once.
    /// Errors are dealt with as those of the synchronous form are.
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Answer
    ) {
        add(
            name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try Arguments.encoding(try await body(repeat each argument))
            }
        )
    }

    /// Calls `body` for every event, before the handlers of its name.
    public func onAny(_ body: @escaping @Sendable (ReceivedEvent) -> Void) {
        register { $0.handlers.addCatchAll { _, event in body(event) } }
    }

    /// Calls `body` for every message: those of clients without events, and the event `message` of the others if no
    /// handler is registered for that name.
    public func onMessage(_ body: @escaping @Sendable (Message) -> Void) {
        register { $0.messageHandlers.append(body) }
    }

    /// Calls `body` when the socket is about to leave, while it still is in its rooms.
    public func onDisconnecting(_ body: @escaping @Sendable (CloseReason) -> Void) {
        register { $0.disconnectingHandlers.append(body) }
    }

    /// Calls `body` exactly once, when the socket has left, whatever the transport.
    public func onDisconnect(_ body: @escaping @Sendable (CloseReason) -> Void) {
        register { $0.disconnectHandlers.append(body) }
    }

    /// Removes the handlers of an event.
    public func off(_ name: String) {
        run { $0.handlers.remove(name) }
    }

    private func add(_ name: String, _ handler: @escaping EventHandlers.Handler) {
        register { $0.handlers.add(name, handler) }
    }
}
