import GustWire

/// A socket whose events are dropped if they can't be sent at once.
public struct VolatileSocket: Sendable {
    let socket: Socket

    /// Sends an event, or drops it if earlier packets still wait to be sent.
    ///
    /// May be called from any thread. If a value can't be encoded, or `name` is reserved (`connect`, `disconnect`, …),
    /// nothing is sent and the error is reported to ``SocketIO/onError(_:)``.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        guard !ReservedName.contains(name) else {
            return socket.connection.io.report(ReservedName(name: name), of: socket, in: name)
        }
        do {
            let arguments = try Arguments.encoding(repeat each value)
            socket.send(
                .event(namespace: socket.namespace.name, id: nil, name: name, arguments: arguments),
                isVolatile: true
            )
        } catch {
            socket.connection.io.report(error, of: socket, in: name)
        }
    }
}
