public import GustContract
import GustWire

/// Handlers for declared events, whose names and types are declared once; see `Contract`.
///
/// The rules are those of `Socket.on` with a name. A payload that doesn't fit the declaration is refused: the client gets `{"error": …}`
/// with the place of the first mistake as the acknowledgement.
extension Socket {
    /// Calls `body` with the arguments of each `event`; its result is the acknowledgement.
    ///
    /// `body` runs on the socket's loop and must not block.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Declaration.Reply
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument) {
        add(
            event.name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try event.signature.reply.arguments(of: try body(repeat each argument))
            }
        )
    }

    /// Calls `body` with the arguments of each `event`.
    ///
    /// `body` runs on the socket's loop and must not block. If a client requests an acknowledgement nevertheless, it is empty.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        add(
            event.name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try body(repeat each argument)
                return Arguments()
            }
        )
    }

    /// Starts `body` with the arguments of each `event`; its result is the acknowledgement.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Declaration.Reply
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument) {
        add(
            event.name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try event.signature.reply.arguments(of: try await body(repeat each argument))
            }
        )
    }

    /// Starts `body` with the arguments of each `event`.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        add(
            event.name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(repeat each argument)
                return Arguments()
            }
        )
    }
}
