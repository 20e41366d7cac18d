public import GustWire

/// A socket whose events are dropped if they can't be sent at once.
///
/// The methods may be called from any thread.
public struct VolatileSocket: Sendable {
    let socket: Socket

    /// Sends an event, or drops it if earlier packets still wait to be sent.
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

    /// Sends an event with its payload, or drops it.
    public func emit<Payload>(_ event: Event<Payload>, _ payload: Payload) {
        emit(event.name, payload)
    }

    /// Sends an event with encoded arguments, or drops it.
    public func emit(_ name: String, arguments: Arguments) {
        guard !ReservedName.contains(name) else {
            return socket.connection.io.report(ReservedName(name: name), of: socket, in: name)
        }
        socket.send(
            .event(namespace: socket.namespace.name, id: nil, name: name, arguments: arguments),
            isVolatile: true
        )
    }

    /// Sends a message, or drops it.
    public func send(_ message: Message) {
        socket.send(.message(namespace: socket.namespace.name, id: nil, message), isVolatile: true)
    }

    /// Sends a text message, or drops it.
    public func send(_ text: String) { send(.text(text)) }
}
