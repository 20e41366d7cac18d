public import GustContract
import GustWire

/// A socket whose events are dropped if it isn't connected or earlier packets still wait to be sent, such as the position of a
/// pointer.
public struct VolatileEmitter: Sendable {
    let socket: ClientSocket

    /// Sends or drops an event.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        socket.send(name, isVolatile: true) { () throws in try Arguments.encoding(repeat each value) }
    }

    /// Sends or drops a declared event.
    public func emit<Declaration: EventFromClient, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }
}
