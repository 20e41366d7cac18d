public import GustContract
import GustWire

/// Declared events: the same declarations as the server's, so that a type that doesn't fit is an error of the compiler.
extension ClientSocket {
    /// Sends a declared event.
    public func emit<Declaration: EventFromClient, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }

    /// Sends a declared event, and waits for the reply.
    ///
    /// - Returns: the reply.
    /// - Throws: ``GustContract/EventRefusal`` if a Gust server refused the event; an error that names the argument if the reply doesn't
    ///   fit the declaration; otherwise as ``emitWithAcknowledgement(_:_:timeout:)-(String,_,_)``.
    public func emitWithAcknowledgement<Declaration: EventFromClient, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument,
        timeout: Duration? = nil
    ) async throws -> Declaration.Reply where Declaration.Payload == (repeat each Argument) {
        try event.signature.reply(
            of: try await call(event.name, try Arguments.encoding(repeat each argument), timeout)
        )
    }

    /// Calls `body` with the arguments of each `event`; its result is the acknowledgement.
    ///
    /// `body` runs on the client's loop and must not block.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func on<Declaration: EventFromServer, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Declaration.Reply
    ) -> Subscription where Declaration.Payload == (repeat each Argument) {
        add(event.name) { (argument: repeat each Argument) -> Arguments in
            try event.signature.reply.arguments(of: try body(repeat each argument))
        }
    }

    /// Calls `body` with the arguments of each `event`.
    ///
    /// `body` runs on the client's loop and must not block. If the server requests an acknowledgement nevertheless, it is empty.
    @discardableResult
    public func on<Declaration: EventFromServer, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> Subscription where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        add(event.name) { (argument: repeat each Argument) -> Arguments in
            try body(repeat each argument)
            return Arguments()
        }
    }

    /// Starts `body` with the arguments of each `event`; its result is the acknowledgement.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func on<Declaration: EventFromServer, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Declaration.Reply
    ) -> Subscription where Declaration.Payload == (repeat each Argument) {
        addSuspending(event.name) { (argument: repeat each Argument) async throws -> Arguments in
            try event.signature.reply.arguments(of: try await body(repeat each argument))
        }
    }

    /// Starts `body` with the arguments of each `event`.
    @discardableResult
    public func on<Declaration: EventFromServer, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> Subscription where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        addSuspending(event.name) { (argument: repeat each Argument) async throws -> Arguments in
            try await body(repeat each argument)
            return Arguments()
        }
    }

    /// The payloads of the events that follow this call, as a sequence.
    ///
    /// It ends when the client is closed. A payload that doesn't fit the declaration is left out, and ``SocketClient/onError(_:)`` is
    /// told. While the reader is ``ClientLimits/maximumUnreadEvents`` events behind, nothing is read from the server.
    public func events<Declaration: EventFromServer>(of event: Declaration) -> SocketEvents<Declaration.Payload> {
        let connection = connection
        return SocketEvents(self) { received in
            guard received.name.utf8.elementsEqual(event.name.utf8) else { return nil }
            do {
                return try event.signature.payload.value(of: received.arguments)
            } catch {
                connection.report(error, self, event.name)
                return nil
            }
        }
    }
}
