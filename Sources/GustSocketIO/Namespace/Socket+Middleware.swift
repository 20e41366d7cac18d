/// Packet middleware: closures that every received event passes before the handlers are called.
///
/// Closures are called in the order of registration, on the socket's loop, for the events and messages of this socket; a message
/// passes as the event `message`. A closure that returns lets the event pass; it may have changed
/// ``ReceivedEvent/name`` and ``ReceivedEvent/arguments``. ``ReceivedEvent/drop()`` removes the event silently. A closure that throws
/// refuses the event: the error is reported to ``SocketIO/onError(_:)``, and the acknowledgement, if the client requested
/// one, is `{"error": "…"}`, with the text of the error only if it is a ``PublicError``.
///
/// Events keep their order: while an async closure is suspended, later events of the socket wait. A waiting event
/// counts towards ``SocketIOSettings/maximumSuspendedHandlers``, above which the server stops reading from the client.
/// Acknowledgements of the client don't wait, so that a closure may request one.
extension Socket {
    /// Registers packet middleware, which must not block.
    @discardableResult
    public func use(_ body: @escaping @Sendable (_ event: inout ReceivedEvent) throws -> Void) -> HandlerToken {
        add(.immediate(body))
    }

    /// Registers async packet middleware, which runs as a task and is cancelled when the socket is disconnected.
    @discardableResult
    public func use(_ body: @escaping @Sendable (_ event: inout ReceivedEvent) async throws -> Void) -> HandlerToken {
        add(.suspending(body))
    }

    private func add(_ middleware: EventMiddlewares.Middleware) -> HandlerToken {
        let token = HandlerToken()
        register { socket in
            let middlewares = socket.eventMiddlewares ?? EventMiddlewares()
            middlewares.list.add(token, middleware)
            socket.eventMiddlewares = middlewares
        }
        return token
    }

    /// Passes an event through the middleware and then to the handlers, or keeps it behind an earlier event.
    func receive(_ incoming: IncomingEvent, through middlewares: EventMiddlewares) {
        guard middlewares.enter() else {
            middlewares.wait(incoming.detached)
            return connection.handlerSuspended()
        }
        pass(incoming, middlewares.list[...], of: middlewares)
    }

    /// Calls the closures in `rest`, then the handlers.
    private func pass(
        _ incoming: IncomingEvent,
        _ rest: Slice<HandlerList<EventMiddlewares.Middleware>>,
        of middlewares: EventMiddlewares
    ) {
        var incoming = incoming
        var rest = rest
        while let (_, middleware) = rest.popFirst() {
            switch middleware {
            case .immediate(let body):
                do { try body(&incoming.event) } catch {
                    fail(incoming.event, error)
                    return leave(middlewares)
                }
                // The closure may have disconnected the socket.
                guard !incoming.event.isDropped, !isOver else { return leave(middlewares) }
            case .suspending(let body):
                return suspend(incoming.detached, in: body, rest)
            }
        }
        dispatch(incoming)
        leave(middlewares)
    }

    private func suspend(
        _ incoming: IncomingEvent,
        in body: @escaping @Sendable (inout ReceivedEvent) async throws -> Void,
        _ rest: Slice<HandlerList<EventMiddlewares.Middleware>>
    ) {
        startHandler {
            var incoming = incoming
            do {
                try await body(&incoming.event)
            } catch {
                self.fail(incoming.event, error)
                incoming.event.drop()
            }
            let passed = incoming
            self.run { socket in
                // A socket that is over has no middleware.
                guard let middlewares = socket.eventMiddlewares else { return }
                guard !passed.event.isDropped else { return socket.leave(middlewares) }
                socket.pass(passed, rest, of: middlewares)
            }
        }
    }

    /// An event has left the middleware: those that wait follow.
    private func leave(_ middlewares: EventMiddlewares) {
        middlewares.leave { next in
            connection.handlerResumed()
            guard !isOver else { return }
            pass(next, middlewares.list[...], of: middlewares)
        }
        if middlewares.isRemovable { eventMiddlewares = nil }
    }

    /// Frees the middleware, because the socket is over.
    func removeMiddlewares() {
        let count = eventMiddlewares?.removeWaiting() ?? 0
        eventMiddlewares = nil
        for _ in 0..<count { connection.handlerResumed() }
    }
}
