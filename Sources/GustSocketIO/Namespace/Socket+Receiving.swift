import GustHTTP
import GustWire

/// What comes from the client, and what becomes of it.
extension Socket {
    func receive(name: String, arguments: Arguments, id: Int?) {
        let event = ReceivedEvent(
            name: name,
            arguments: arguments,
            acknowledgement: id.map { Acknowledgement(socket: self, id: $0) }
        )
        var isHandled = namespaceHandlers.call(self, event)
        if !handlers.isEmpty {
            // A copy, because a handler may register or remove handlers.
            let handlers = handlers
            if handlers.call(self, event) { isHandled = true }
        }
        // A client of a generation with events says a message as the event `message`.
        guard !isHandled, name.hasSameBytes(as: "message"), !messageHandlers.isEmpty, let message = arguments.asMessage
        else { return }
        receive(message)
    }

    func receive(_ message: Message) {
        // Who has no events says them as messages; one that nobody handles stays what it is.
        if !connection.revision.hasEvents, let event = EventStandIn.event(in: message),
            namespaceHandlers.handles(event.name) || handlers.handles(event.name)
        {
            return receive(name: event.name, arguments: event.arguments, id: nil)
        }
        for handler in messageHandlers { handler(message) }
    }

    /// An acknowledgement came, or its time is over; an unknown id is ignored, as Node does.
    func resolveAcknowledgement(id: Int, _ result: Result<Arguments, SocketError>) {
        // Whoever waits for it keeps it.
        acknowledgements.remove(id, on: connection)?(result.map(\.detached))
    }

    /// Tells everybody that a handler failed, or couldn't be called.
    func fail(_ event: ReceivedEvent, _ error: any Error) {
        connection.io.report(error, of: self, in: event.name)
        guard let acknowledgement = event.acknowledgement else { return }
        do {
            let text = error.publicText(otherwise: "the handler failed")
            acknowledgement.send(try Arguments.encoding(["error": text]))
        } catch {
            acknowledgement.send(Arguments())
        }
    }

    /// Starts an async handler, counted against the bound that stops reading.
    ///
    /// Cancelled when the socket leaves.
    func startHandler(_ body: @escaping @Sendable () async -> Void) {
        let connection = connection
        connection.handlerSuspended()
        let number = handlerTasks.begin()
        let task = connection.io.start(on: connection.home) {
            await SendingConnection.$current.withValue(connection) { await body() }
            self.run { socket in
                socket.handlerTasks.end(number)
                connection.handlerResumed()
            }
        }
        handlerTasks.started(task, number)
        if isOver { task.cancel() }
    }
}
