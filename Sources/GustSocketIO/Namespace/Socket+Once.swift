import GustWire

/// Handlers that are called for the next event of a name and then removed.
///
/// The rules are those of `Socket.on`. A handler is removed also if the arguments can't be decoded or the closure throws.
extension Socket {
    /// Calls `body` for the next event `name` with its undecoded arguments.
    ///
    /// The event is acknowledged only if `body` acknowledges it.
    @discardableResult
    public func once(_ name: String, _ body: @escaping @Sendable (ReceivedEvent) -> Void) -> HandlerToken {
        addOnce(name) { _, event in body(event) }
    }

    /// Calls `body` with the decoded arguments of the next event `name`; the acknowledgement is empty.
    ///
    /// `body` runs on the socket's loop and must not block. If the arguments can't be decoded or `body` throws, the
    /// error is reported to ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}`, with the text of the
    /// error only if it is a ``PublicError``.
    @discardableResult
    public func once<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> HandlerToken {
        addOnce(
            name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try body(repeat each argument)
                return Arguments()
            }
        )
    }

    /// Calls `body` with the decoded arguments of the next event `name`; its result is the acknowledgement.
    ///
    /// `body` runs on the socket's loop and must not block. If the arguments can't be decoded or `body` throws, the
    /// error is reported to ``SocketIO/onError(_:)``, and the acknowledgement is `{"error": "…"}`, with the text of the
    /// error only if it is a ``PublicError``.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        addOnce(
            name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try EventHandlers.acknowledgement(try body(repeat each argument))
            }
        )
    }

    /// Starts `body` with the decoded arguments of the next event `name`; the acknowledgement is empty.
    ///
    /// `body` runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds
    /// how many such tasks a connection may have before the server stops reading from it. Errors are
    /// handled as in the synchronous form.
    @discardableResult
    public func once<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> HandlerToken {
        addOnce(
            name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(repeat each argument)
                return Arguments()
            }
        )
    }

    /// Starts `body` with the decoded arguments of the next event `name`; its result is the acknowledgement.
    ///
    /// `body` runs as a task on the socket's loop; ``SocketIOSettings/maximumSuspendedHandlers`` bounds
    /// how many such tasks a connection may have before the server stops reading from it. Errors are
    /// handled as in the synchronous form.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Answer
    ) -> HandlerToken {
        addOnce(
            name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try EventHandlers.acknowledgement(try await body(repeat each argument))
            }
        )
    }
}
