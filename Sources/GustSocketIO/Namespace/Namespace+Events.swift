import GustWire

/// Registering handlers for what any client of the namespace sends; they cost nothing per socket.
///
/// The rules are those of `Socket.on`; the closure gets the socket in front of the arguments. Register before the
/// server runs.
extension Namespace {
    /// Calls `body` for each event `name` with its undecoded arguments; it acknowledges by itself.
    public func on(_ name: String, _ body: @escaping @Sendable (Socket, ReceivedEvent) -> Void) {
        add(name, body)
    }

    /// Calls `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// Runs on the socket's loop and must not block. Arguments that can't be decoded, and what `body` throws, go to
    /// ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}` with the text of a ``PublicError``.
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Void
    ) {
        add(
            name,
            EventHandlers.immediate { (socket: Socket, argument: repeat each Argument) -> Arguments in
                try body(socket, repeat each argument)
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
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Answer
    ) {
        add(
            name,
            EventHandlers.immediate { (socket: Socket, argument: repeat each Argument) -> Arguments in
                try Arguments.encoding(try body(socket, repeat each argument))
            }
        )
    }

    /// Starts `body` with the decoded arguments of each event `name`; what it returns is the acknowledgement.
    ///
    /// Runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds how many wait at once.
    /// Errors are dealt with as those of the synchronous form are.
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Answer
    ) {
        add(
            name,
            EventHandlers.suspending { (socket: Socket, argument: repeat each Argument) async throws -> Arguments in
                try Arguments.encoding(try await body(socket, repeat each argument))
            }
        )
    }

    /// Starts `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    ///
    /// Runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds how many wait at once.
    /// Errors are dealt with as those of the synchronous form are.
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Void
    ) {
        add(
            name,
            EventHandlers.suspending { (socket: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(socket, repeat each argument)
                return Arguments()
            }
        )
    }
}
