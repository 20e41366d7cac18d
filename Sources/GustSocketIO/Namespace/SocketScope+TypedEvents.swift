public import GustContract
import GustWire

/// Handlers for the declared events of all clients of a namespace or a family.
///
/// The rules are those of `SocketScope.on` with a name.
extension SocketScope {
    /// Calls `body` with the arguments of each `event`; its result is the acknowledgement.
    ///
    /// `body` runs on the socket's loop and must not block.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Declaration.Reply
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument) {
        add(
            event.name,
            EventHandlers.immediate { (socket: Socket, argument: repeat each Argument) -> Arguments in
                try event.signature.reply.arguments(of: try body(socket, repeat each argument))
            }
        )
    }

    /// Calls `body` with the arguments of each `event`.
    ///
    /// `body` runs on the socket's loop and must not block. If a client requests an acknowledgement nevertheless, it is empty.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Void
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        add(
            event.name,
            EventHandlers.immediate { (socket: Socket, argument: repeat each Argument) -> Arguments in
                try body(socket, repeat each argument)
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
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Declaration.Reply
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument) {
        add(
            event.name,
            EventHandlers.suspending { (socket: Socket, argument: repeat each Argument) async throws -> Arguments in
                try event.signature.reply.arguments(of: try await body(socket, repeat each argument))
            }
        )
    }

    /// Starts `body` with the arguments of each `event`.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @discardableResult
    public func on<Declaration: EventFromClient, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Void
    ) -> HandlerToken where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        add(
            event.name,
            EventHandlers.suspending { (socket: Socket, argument: repeat each Argument) async throws -> Arguments in
                try await body(socket, repeat each argument)
                return Arguments()
            }
        )
    }
}
