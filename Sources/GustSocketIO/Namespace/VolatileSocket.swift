import GustWire

/// A socket whose events are dropped when its client can't take them at once.
public struct VolatileSocket: Sendable {
    let socket: Socket

    /// Sends an event, or drops it while earlier output waits; may be called from anywhere.
    ///
    /// A value that can't be encoded goes to ``SocketIO/onError(_:)`` and nothing is sent.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
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
