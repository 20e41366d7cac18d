import GustContract
public import GustWire

/// A socket whose events are sent with other rules: they are dropped if they can't be sent at once, or aren't compressed.
///
/// The methods may be called from any thread.
public struct SocketEmitter: Sendable {
    let socket: Socket
    var isVolatile = false
    var isCompressed = true

    /// The same, for events that are dropped if earlier packets still wait to be sent.
    public var volatile: SocketEmitter {
        var copy = self
        copy.isVolatile = true
        return copy
    }

    /// The same; if `isCompressed` is false, events aren't compressed on a WebSocket with compression.
    ///
    /// Responses to polls aren't affected.
    public func compress(_ isCompressed: Bool) -> SocketEmitter {
        var copy = self
        copy.isCompressed = isCompressed
        return copy
    }

    /// Sends an event.
    ///
    /// If a value can't be encoded, or `name` is reserved (`connect`, `disconnect`, …), nothing is sent and the error is
    /// reported to ``SocketIO/onError(_:)``.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        do {
            emit(name, arguments: try Arguments.encoding(repeat each value))
        } catch {
            socket.connection.io.report(error, of: socket, in: name)
        }
    }

    /// Sends an event with encoded arguments.
    public func emit(_ name: String, arguments: Arguments) {
        guard !ReservedName.contains(name) else {
            return socket.connection.io.report(ReservedName(name: name), of: socket, in: name)
        }
        send(.event(namespace: socket.namespace.name, id: nil, name: name, arguments: arguments))
    }

    /// Sends a message.
    public func send(_ message: Message) { send(.message(namespace: socket.namespace.name, id: nil, message)) }

    private func send(_ packet: Packet) {
        socket.send(
            packet,
            isVolatile: isVolatile,
            isCompressed: isCompressed || socket.connection.io.settings.deflate == nil
        )
    }
}
