package import GustAdapter
import GustContract
public import GustWire
import NIOCore

/// Sending to the client of a socket, and disconnecting it.
extension Socket {
    /// Sends an event with values as arguments.
    ///
    /// May be called from any thread: on the socket's loop the event is sent at once, elsewhere it is posted to that
    /// loop. If a value can't be encoded, or `name` is reserved (`connect`, `disconnect`, …), nothing is sent and the
    /// error is reported to ``SocketIO/onError(_:)``. `ByteBuffer` and `Data` are sent as binary attachments.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        do {
            emit(name, arguments: try Arguments.encoding(repeat each value))
        } catch {
            connection.io.report(error, of: self, in: name)
        }
    }

    /// Sends an event with encoded arguments, such as those of a received event.
    public func emit(_ name: String, arguments: Arguments) {
        // A reserved name isn't written by that.
        if sendsPlainly, connection.write(event: name, arguments) { return }
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
    ///   - name: the name of the event.
    ///   - value: the arguments of the event.
    ///   - timeout: how long to wait, by the clock of the socket's loop.
    /// - Returns: the arguments of the acknowledgement, undecoded.
    /// - Throws: ``SocketError`` if the socket is disconnected, the client doesn't acknowledge in time, too many
    ///   acknowledgements are outstanding, or the client's revision has no events; `EncodingError` if a value can't be
    ///   encoded.
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

    /// Sends an event and calls `completion` once, on the socket's loop, with the acknowledgement or the
    /// reason for its absence.
    package func emit(
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
            let id = socket.acknowledgements.add(of: name, timeout: TimeAmount(timeout), of: socket, completion)
            let packet = Packet.event(namespace: socket.namespace.name, id: id, name: name, arguments: arguments)
            if let handlers = socket.outgoingHandlers {
                handlers.call(packet)
                guard socket.isConnected else { return }
            }
            socket.connection.send(packet)
        }
    }

    /// Sends a message; a client whose revision has events receives it as the event `message`.
    public func send(_ message: Message) {
        send(.message(namespace: namespace.name, id: nil, message), isVolatile: false)
    }

    /// Sends a text message.
    public func send(_ text: String) { send(.text(text)) }

    /// This socket for sending events that are dropped if they can't be sent at once.
    public var volatile: SocketEmitter { SocketEmitter(socket: self, isVolatile: true) }

    /// This socket for sending events that, if `isCompressed` is false, aren't compressed on a WebSocket with compression.
    ///
    /// This saves time for data that is compressed already. See ``SocketIOSettings/deflate``; responses to polls aren't affected.
    public func compress(_ isCompressed: Bool) -> SocketEmitter {
        SocketEmitter(socket: self, isCompressed: isCompressed)
    }

    /// All sockets in the namespace except this one.
    public var broadcast: Broadcast { Broadcast(namespace: namespace, excluding: key) }

    /// All sockets in `room` except this one.
    public func to(_ room: String...) -> Broadcast { broadcast.to(room) }

    /// All sockets in at least one of `rooms` except this one.
    public func to(_ rooms: [String]) -> Broadcast { broadcast.to(rooms) }

    /// Does the same as ``to(_:)-(String...)``.
    public func `in`(_ room: String...) -> Broadcast { broadcast.to(room) }

    /// All sockets in the namespace except this one and those in `room`.
    public func except(_ room: String...) -> Broadcast { broadcast.except(room) }

    /// All sockets in the namespace except this one and those in at least one of `rooms`.
    public func except(_ rooms: [String]) -> Broadcast { broadcast.except(rooms) }

    /// Disconnects this socket from its namespace, or closes the connection with all its sockets.
    ///
    /// A client of 0.6 or 0.9 can't leave the namespace `/` alone: disconnecting its socket of `/` always
    /// closes the connection.
    ///
    /// - Parameter closingConnection: whether the connection is closed.
    public func disconnect(closingConnection: Bool = false) {
        run { socket in
            guard socket.isConnected else { return }
            let connection = socket.connection
            let closingConnection =
                closingConnection || (socket.namespace.name == "/" && connection.revision.rules.rootIsSession)
            let leaving = closingConnection ? connection.sockets : [socket]
            for socket in leaving {
                // If the connection ends with the socket of `/`, the end of the connection replaces the DISCONNECT.
                if !connection.revision.rules.rootIsSession || !closingConnection {
                    connection.send(.disconnect(namespace: socket.namespace.name))
                }
                connection.setSocket(nil, in: socket.namespace.name)
                socket.leaveNamespace(closingConnection ? .forcedServerClose : .serverNamespaceDisconnect)
            }
            if closingConnection { connection.close(.forcedServerClose) }
        }
    }

    /// Closes the transport without sending a packet, as a network failure does.
    ///
    /// Meant for tests of how clients reconnect. Packets that haven't been sent yet are lost.
    public func abort() {
        connection.run { $0.abort() }
    }
}
