public import GustContract
import GustWire

/// Handlers that are removed before they are called, so that each is called for one event at most.
///
/// An event whose arguments can't be decoded removes the handler too.
extension ClientSocket {
    /// Calls `body` for the next event `name` with its undecoded arguments.
    ///
    /// The event is acknowledged only if `body` acknowledges it.
    @discardableResult
    public func once(_ name: String, _ body: @escaping @Sendable (SocketEvent) -> Void) -> Subscription {
        register { socket, subscription in
            socket.handlers.add(name, subscription) { socket, event in
                socket.handlers.remove(subscription)
                body(event)
            }
        }
    }

    /// Calls `body` with the decoded arguments of the next event `name`; the acknowledgement is empty.
    @discardableResult
    public func once<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> Subscription {
        add(name, once: true) { (argument: repeat each Argument) -> Arguments in
            try body(repeat each argument)
            return Arguments()
        }
    }

    /// Calls `body` with the decoded arguments of the next event `name`; its result is the acknowledgement.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> Subscription {
        add(name, once: true) { (argument: repeat each Argument) -> Arguments in
            try Self.acknowledgement(try body(repeat each argument))
        }
    }

    /// Starts `body` with the decoded arguments of the next event `name`; the acknowledgement is empty.
    @discardableResult
    public func once<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> Subscription {
        addSuspending(name, once: true) { (argument: repeat each Argument) async throws -> Arguments in
            try await body(repeat each argument)
            return Arguments()
        }
    }

    /// Starts `body` with the decoded arguments of the next event `name`; its result is the acknowledgement.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Answer
    ) -> Subscription {
        addSuspending(name, once: true) { (argument: repeat each Argument) async throws -> Arguments in
            try Self.acknowledgement(try await body(repeat each argument))
        }
    }

    /// Calls `body` with the arguments of the next `event`; its result is the acknowledgement.
    ///
    /// `body` runs on the client's loop and must not block.
    @_disfavoredOverload  // A closure without a result fits the form for `Never` too, which is meant then.
    @discardableResult
    public func once<Declaration: EventFromServer, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Declaration.Reply
    ) -> Subscription where Declaration.Payload == (repeat each Argument) {
        add(event.name, once: true) { (argument: repeat each Argument) -> Arguments in
            try event.signature.reply.arguments(of: try body(repeat each argument))
        }
    }

    /// Calls `body` with the arguments of the next `event`.
    ///
    /// `body` runs on the client's loop and must not block. If the server requests an acknowledgement nevertheless, it is empty.
    @discardableResult
    public func once<Declaration: EventFromServer, each Argument: Decodable & Sendable>(
        _ event: Declaration,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> Subscription where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        add(event.name, once: true) { (argument: repeat each Argument) -> Arguments in
            try body(repeat each argument)
            return Arguments()
        }
    }
}
