public import GustContract
import GustWire

/// Handlers for declared events that are called for the next event and then removed.
///
/// The rules are those of `Socket.once` with a name.
extension Socket {
    /// Calls `body` with the arguments of the next `event`; its result is the acknowledgement.
    ///
    /// `body` runs on the socket's loop and must not block.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func once<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Declaration.Reply
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument) {
        addOnce(
            event.name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try event.signature.reply.arguments(of: try body(repeat each argument))
            }
        )
    }

    /// Calls `body` with the arguments of the next `event`.
    ///
    /// `body` runs on the socket's loop and must not block. If a client requests an acknowledgement nevertheless, it is empty.
    @discardableResult
    public func once<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        addOnce(
            event.name,
            EventHandlers.immediate { (_: Socket, argument: repeat each Argument) -> Arguments in
                try body(repeat each argument)
                return Arguments()
            }
        )
    }

    /// Starts `body` with the arguments of the next `event`; its result is the acknowledgement.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func once<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Declaration.Reply
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument) {
        addOnce(
            event.name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try event.signature.reply.arguments(of: try await body(repeat each argument))
            }
        )
    }

    /// Starts `body` with the arguments of the next `event`.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @discardableResult
    public func once<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        addOnce(
            event.name,
            EventHandlers.suspending { (_: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(repeat each argument)
                return Arguments()
            }
        )
    }
}
