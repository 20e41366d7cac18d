import GustContract
import GustHTTP
public import GustWire
import NIOCore

/// Handlers.
///
/// A synchronous closure is called in place, on the client's loop, in the order of the events; it must not block. An `async` closure
/// is started in that order, as one task for each event. If the arguments can't be decoded or the closure throws,
/// ``SocketClient/onError(_:)`` is told, and an acknowledgement that the server has requested is `{"error": …}`. Arguments beyond
/// those of the closure are ignored, as in JavaScript.
extension ClientSocket {
    /// Calls `body` for each event `name` with its undecoded arguments.
    ///
    /// The event is acknowledged only if `body` acknowledges it.
    @discardableResult
    public func on(_ name: String, _ body: @escaping @Sendable (SocketEvent) -> Void) -> Subscription {
        register { $0.handlers.add(name, $1) { _, event in body(event) } }
    }

    /// Calls `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    @discardableResult
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> Subscription {
        add(name) { (argument: repeat each Argument) -> Arguments in
            try body(repeat each argument)
            return Arguments()
        }
    }

    /// Calls `body` with the decoded arguments of each event `name`; its result is the acknowledgement.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> Subscription {
        add(name) { (argument: repeat each Argument) -> Arguments in
            try Self.acknowledgement(try body(repeat each argument))
        }
    }

    /// Starts `body` with the decoded arguments of each event `name`; the acknowledgement is empty.
    @discardableResult
    public func on<each Argument: Decodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) -> Subscription {
        addSuspending(name) { (argument: repeat each Argument) async throws -> Arguments in
            try await body(repeat each argument)
            return Arguments()
        }
    }

    /// Starts `body` with the decoded arguments of each event `name`; its result is the acknowledgement.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Answer
    ) -> Subscription {
        addSuspending(name) { (argument: repeat each Argument) async throws -> Arguments in
            try Self.acknowledgement(try await body(repeat each argument))
        }
    }

    /// Calls `body` for every event, before the handlers of its name.
    @discardableResult
    public func onAny(_ body: @escaping @Sendable (SocketEvent) -> Void) -> Subscription {
        register { $0.handlers.addCatchAll($1) { _, event in body(event) } }
    }

    /// Calls `body` for every event that is sent, before it is sent.
    @discardableResult
    public func onAnyOutgoing(
        _ body: @escaping @Sendable (_ name: String, _ arguments: Arguments) -> Void
    ) -> Subscription {
        register { $0.outgoingHandlers.add($1) { body($0.0, $0.1) } }
    }

    /// Calls `body` for every message: of a revision without events, and the event `message` without a handler of its own.
    @discardableResult
    public func onMessage(_ body: @escaping @Sendable (Message) -> Void) -> Subscription {
        register { $0.messageHandlers.add($1, body) }
    }

    /// Calls `body` whenever the socket is connected, also again; see ``isRecovered``.
    @discardableResult
    public func onConnect(_ body: @escaping @Sendable () -> Void) -> Subscription {
        register { $0.connectHandlers.add($1) { _ in body() } }
    }

    /// Calls `body` whenever the socket is disconnected.
    @discardableResult
    public func onDisconnect(_ body: @escaping @Sendable (DisconnectReason) -> Void) -> Subscription {
        register { $0.disconnectHandlers.add($1, body) }
    }

    /// Calls `body` when the server refuses the socket, or the client has given up; the socket stays disconnected until
    /// ``connect(within:)`` is called.
    @discardableResult
    public func onConnectError(_ body: @escaping @Sendable (ClientError) -> Void) -> Subscription {
        register { $0.refusalHandlers.add($1, body) }
    }

    /// Removes one handler.
    public func off(_ subscription: Subscription) {
        connection.run { _ in
            self.handlers.remove(subscription)
            self.messageHandlers.remove(subscription)
            self.outgoingHandlers.remove(subscription)
            self.connectHandlers.remove(subscription)
            self.disconnectHandlers.remove(subscription)
            self.refusalHandlers.remove(subscription)
        }
    }

    /// Removes the handlers of the events called `name`.
    public func off(_ name: String) {
        connection.run { _ in self.handlers.remove(name) }
    }

    /// Removes all handlers of events, those of ``onAny(_:)`` and ``onMessage(_:)`` too.
    ///
    /// Those of the connection stay: ``onConnect(_:)``, ``onDisconnect(_:)``, ``onConnectError(_:)``; also ``onAnyOutgoing(_:)``.
    public func off() {
        connection.run { _ in
            self.handlers.removeAll()
            self.messageHandlers.removeAll()
        }
    }

    /// The events that follow this call, as a sequence.
    ///
    /// It ends when the client is closed, not with a lost connection. While the reader is ``ClientLimits/maximumUnreadEvents`` events
    /// behind, nothing is read from the server; a reader that is slow for longer than the server's heartbeat loses the connection.
    public var events: SocketEvents<SocketEvent> { SocketEvents(self) { $0 } }

    // MARK: Inside

    func register(_ body: @escaping @Sendable (ClientSocket, Subscription) -> Void) -> Subscription {
        let subscription = Subscription()
        connection.run { connection in
            // Nothing would free it.
            if !connection.machine.isClosed { body(self, subscription) }
        }
        return subscription
    }

    /// Adds a handler that decodes the arguments and calls `body` in place.
    func add<each Argument: Decodable & Sendable>(
        _ name: String,
        once: Bool = false,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Arguments
    ) -> Subscription {
        register { socket, subscription in
            socket.handlers.add(name, subscription) { socket, event in
                if once { socket.handlers.remove(subscription) }
                var position = ArgumentPosition(event.arguments)
                do {
                    let answer = try body(repeat try position.next((each Argument).self))
                    event.acknowledge(with: answer)
                } catch {
                    socket.fail(event, error)
                }
            }
        }
    }

    /// Adds a handler that decodes the arguments in place, then runs `body` as a task.
    func addSuspending<each Argument: Decodable & Sendable>(
        _ name: String,
        once: Bool = false,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Arguments
    ) -> Subscription {
        register { socket, subscription in
            socket.handlers.add(name, subscription) { socket, event in
                if once { socket.handlers.remove(subscription) }
                var position = ArgumentPosition(event.arguments)
                do {
                    let arguments = (repeat try position.next((each Argument).self))
                    socket.connection.startedHandler()
                    Task {
                        do {
                            event.acknowledge(with: try await body(repeat each arguments))
                        } catch {
                            socket.connection.run { _ in socket.fail(event, error) }
                        }
                        socket.connection.run { $0.finishedHandler() }
                    }
                } catch {
                    socket.fail(event, error)
                }
            }
        }
    }

    /// A handler has failed; called on the loop.
    private func fail(_ event: SocketEvent, _ error: any Error) {
        connection.report(error, self, event.name)
        guard event.isAcknowledgementRequested else { return }
        let text =
            (error as? any PublicError)?.publicText ?? (error as? ArgumentError)?.description ?? "the handler failed"
        // Text can always be encoded.
        event.acknowledge(with: (try? Arguments.encoding(["error": text])) ?? Arguments())
    }

    static func acknowledgement<Answer: Encodable>(_ value: Answer) throws -> Arguments {
        Answer.self == Subscription.self ? Arguments() : try Arguments.encoding(value)
    }
}
