public import GustWire
import NIOCore

/// What user code does with a socket to reach its client.
extension Socket {
    /// Sends an event with values as arguments; on the loop at once, elsewhere posted.
    ///
    /// A value that can't be encoded goes to ``SocketIO/onError(_:)`` and nothing is sent. `ByteBuffer` and `Data`
    /// travel as binary attachments. Reserved names (`connect`, `disconnect`, …) are refused the same way.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        do {
            emit(name, arguments: try Arguments.encoding(repeat each value))
        } catch {
            connection.io.report(error, of: self, in: name)
        }
    }

    /// Sends an event with its payload.
    public func emit<Payload>(_ event: Event<Payload>, _ payload: Payload) {
        emit(event.name, payload)
    }

    /// Sends an event with arguments that are encoded already, such as those of a received one.
    public func emit(_ name: String, arguments: Arguments) {
        guard !ReservedName.contains(name) else {
            return connection.io.report(ReservedName(name: name), of: self, in: name)
        }
        send(
            .event(namespace: namespace.name, id: nil, name: name, arguments: arguments),
            isVolatile: false
        )
    }

    /// Sends an event and waits for the client's acknowledgement.
    ///
    /// - Parameters:
    ///   - name: the event.
    ///   - value: its arguments.
    ///   - timeout: how long to wait; the clock is the loop's.
    /// - Returns: what the client acknowledged with, undecoded.
    /// - Throws: ``SocketError`` if the client is gone, doesn't answer in time, or too many answers are outstanding;
    ///   `EncodingError` if a value can't be encoded.
    public func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value,
        timeout: Duration = .seconds(10)
    ) async throws -> Arguments {
        let arguments = try Arguments.encoding(repeat each value)
        return try await withCheckedThrowingContinuation { continuation in
            emit(name, arguments: arguments, timeout: timeout) { result in
                continuation.resume(with: result.mapError { $0 as any Error })
            }
        }
    }

    /// Sends an event and calls `completion` once, on the loop, with the client's acknowledgement or the reason why there
    /// is none.
    public func emit(
        _ name: String,
        arguments: Arguments,
        timeout: Duration = .seconds(10),
        acknowledgement completion: @escaping @Sendable (Result<Arguments, SocketError>) -> Void
    ) {
        run { socket in
            guard socket.isConnected else { return completion(.failure(.disconnected)) }
            guard socket.connection.revision.hasEvents else { return completion(.failure(.notSupported)) }
            let connection = socket.connection
            guard connection.owedAcknowledgements < connection.io.settings.maximumAcknowledgements else {
                return completion(.failure(.tooManyAcknowledgements))
            }
            let id = socket.acknowledgements.add(timeout: TimeAmount(timeout), of: socket, completion)
            socket.connection.send(
                .event(namespace: socket.namespace.name, id: id, name: name, arguments: arguments)
            )
        }
    }

    /// Sends a message: to a client with events as the event `message`.
    public func send(_ message: Message) {
        send(.message(namespace: namespace.name, id: nil, message), isVolatile: false)
    }

    /// Sends a text message.
    public func send(_ text: String) { send(.text(text)) }

    /// This socket, dropping what the client can't take at once.
    public var volatile: VolatileSocket { VolatileSocket(socket: self) }

    /// Everybody in the namespace but this socket.
    public var broadcast: Broadcast { Broadcast(namespace: namespace, excluding: key) }

    /// Everybody in `room` but this socket.
    public func to(_ room: String...) -> Broadcast { broadcast.to(room) }

    /// Everybody but this socket and those in `room`.
    public func except(_ room: String...) -> Broadcast { broadcast.except(room) }

    /// Waits until everything sent so far has been handed to the transport: back-pressure for producers.
    ///
    /// - Throws: ``SocketError/disconnected`` if the client goes before.
    public func flush() async throws {
        try await withCheckedThrowingContinuation { continuation in
            connection.run { $0.whenFlushed(continuation) }
        }
    }

    /// Leaves the namespace, or closes the whole connection with all its sockets.
    ///
    /// Clients of 0.6 and 0.9 have no namespace `/` to leave: with that socket their connection always ends.
    public func disconnect(closingConnection: Bool = false) {
        run { socket in
            guard socket.isConnected else { return }
            let connection = socket.connection
            let closingConnection =
                closingConnection || (socket.namespace.name == "/" && connection.revision.rules.rootIsSession)
            let leaving = closingConnection ? connection.sockets : [socket]
            for socket in leaving {
                // Where the session ends with the namespace, the end of the session says it.
                if !connection.revision.rules.rootIsSession || !closingConnection {
                    connection.send(.disconnect(namespace: socket.namespace.name))
                }
                connection.setSocket(nil, in: socket.namespace.name)
                socket.leaveNamespace(closingConnection ? .forcedServerClose : .serverNamespaceDisconnect)
            }
            if closingConnection { connection.close(.forcedServerClose) }
        }
    }

    /// Breaks the whole connection off without a word, as a network would.
    ///
    /// For tests of how clients come back. What waits to be sent is lost.
    public func abort() {
        connection.run { $0.abort() }
    }
}
