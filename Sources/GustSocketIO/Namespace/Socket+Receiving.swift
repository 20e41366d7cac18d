import GustAdapter
import GustHTTP
import GustWire

/// Passing received events, messages and acknowledgements to handlers.
extension Socket {
    /// Takes an event whose name is still bytes.
    ///
    /// If nothing but the handlers of its namespace and name is interested in it, as nearly always, these are called directly.
    @inline(__always)
    func receive(event name: UnsafeRawBufferPointer, id: Int?, arguments: consuming Arguments) {
        guard eventMiddlewares == nil, !hasEventHandlers, namespaceHandlers.areNamedOnly, !isObserved,
            let index = namespaceHandlers.index(of: name)
        else { return receive(name: String(decoding: name, as: UTF8.self), arguments: arguments, id: id) }
        let event = ReceivedEvent(
            name: namespaceHandlers.name(at: index),
            arguments: arguments,
            acknowledgement: id.map { Acknowledgement(socket: self, id: $0) }
        )
        namespaceHandlers.call(at: index, self, event)
    }

    func receive(name: consuming String, arguments: consuming Arguments, id: Int?) {
        let event = ReceivedEvent(
            name: name,
            arguments: arguments,
            acknowledgement: id.map { Acknowledgement(socket: self, id: $0) }
        )
        if let eventMiddlewares { return receive(IncomingEvent(event), through: eventMiddlewares) }
        dispatch(event)
    }

    /// Calls the handlers of an event or of a message that has passed the packet middleware.
    func dispatch(_ incoming: IncomingEvent) {
        if let message = incoming.remainingMessage { dispatch(message) } else { dispatch(incoming.event) }
    }

    private func dispatch(_ event: ReceivedEvent) {
        if !namespaceHandlers.unique.isEmpty {
            let unique = namespaceHandlers.unique.first { $0.name.hasSameBytes(as: event.name) }
            if let unique {
                guard let first = unique.admit(event, of: self) else { return }
                return call(first)
            }
        }
        call(event)
    }

    private func call(_ event: ReceivedEvent) {
        guard isObserved else { return callHandlers(of: event) }
        let isRegistered = handles(event.name) || (event.name.hasSameBytes(as: "message") && handlesMessages)
        observe(event.name, isRegistered: isRegistered) { callHandlers(of: event) }
    }

    private func callHandlers(of event: ReceivedEvent) {
        var isHandled = namespaceHandlers.call(self, event)
        // A copy, because a handler may register or remove handlers.
        if hasEventHandlers, let events = handlers?.events, events.call(self, event) { isHandled = true }
        // A client whose revision has events sends a message as the event `message`.
        guard !isHandled, event.name.hasSameBytes(as: "message"), handlesMessages,
            let message = event.arguments.asMessage
        else { return }
        callHandlers(of: message)
    }

    func receive(_ message: Message) {
        // A client whose revision has no events sends an event as a message. If no handler is registered for the event,
        // the message is passed to the message handlers.
        if !connection.revision.hasEvents, let event = EventStandIn.event(in: message), handles(event.name) {
            return receive(name: event.name, arguments: event.arguments, id: nil)
        }
        if let eventMiddlewares { return receive(IncomingEvent(message), through: eventMiddlewares) }
        dispatch(message)
    }

    private func dispatch(_ message: Message) {
        guard isObserved else { return callHandlers(of: message) }
        observe("message", isRegistered: handlesMessages) { callHandlers(of: message) }
    }

    private func callHandlers(of message: Message) {
        // A copy, because a handler may register or remove handlers.
        for (_, handler) in handlers?.messages ?? HandlerList() { handler.call(message) }
    }

    /// Whether a handler is registered for an event of this name, here or in the namespace.
    private func handles(_ name: String) -> Bool {
        namespaceHandlers.handles(name) || handlers?.events.handles(name) == true
    }

    private var handlesMessages: Bool { handlers?.messages.isEmpty == false }

    /// Calls the completion of an acknowledgement that has arrived or timed out; an unknown id is
    /// ignored, as by the Node server.
    func resolveAcknowledgement(id: Int, _ result: Result<Arguments, SocketError>) {
        // The arguments are detached, because the receiver may keep them longer than the buffer that was read.
        acknowledgements.remove(id, on: connection, isReceived: (try? result.get()) != nil)?(result.map(\.detached))
    }

    /// Reports that a handler failed or couldn't be called, and acknowledges the event with the error.
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

    /// Starts an async handler, which counts towards ``SocketIOSettings/maximumSuspendedHandlers``.
    ///
    /// The task is cancelled when the socket is disconnected, unless the acknowledgement of `event` is remembered for duplicates.
    func startHandler(of event: ReceivedEvent? = nil, _ body: @escaping @Sendable () async -> Void) {
        let isCancelled = event?.acknowledgement?.isRecorded != true
        let connection = connection
        // Packet middleware has no event here; its time isn't that of a handler.
        let observed = event == nil ? nil : eventInProgress
        observed?.beginTask()
        connection.handlerSuspended()
        let number = handlerTasks.begin()
        let task = connection.io.start(on: connection.home) {
            await SendingConnection.$current.withValue(connection) { await body() }
            self.run { socket in
                socket.handlerTasks.end(number)
                connection.handlerResumed()
                if let observed { socket.end(observed) }
            }
        }
        guard isCancelled else { return }
        handlerTasks.started(task, number)
        if isOver { task.cancel() }
    }
}
