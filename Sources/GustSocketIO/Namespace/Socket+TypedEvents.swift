/// Handlers for an ``Event``, whose name and payload type are declared once.
///
/// The rules are those of `Socket.on` with a name.
extension Socket {
    /// Calls `body` with the payload of each `event`; the acknowledgement is empty.
    ///
    /// `body` runs on the socket's loop and must not block.
    @discardableResult
    public func on<Payload>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) throws -> Void
    ) -> HandlerToken {
        on(event.name, body)
    }

    /// Calls `body` with the payload of each `event`; its result is the acknowledgement.
    ///
    /// `body` runs on the socket's loop and must not block.
    @discardableResult
    public func on<Payload, Answer: Encodable & SendableMetatype>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) throws -> Answer
    ) -> HandlerToken {
        on(event.name, body)
    }

    /// Starts `body` with the payload of each `event`; the acknowledgement is empty.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @discardableResult
    public func on<Payload>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) async throws -> Void
    ) -> HandlerToken {
        on(event.name, body)
    }

    /// Starts `body` with the payload of each `event`; its result is the acknowledgement.
    ///
    /// `body` runs as a task on the socket's loop. The task is cancelled when the socket is disconnected.
    @discardableResult
    public func on<Payload, Answer: Encodable & SendableMetatype>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) async throws -> Answer
    ) -> HandlerToken {
        on(event.name, body)
    }
}
