public import GustContract
import GustWire

// Declared events are sent like events with a name; the compiler checks the arguments.

extension Socket {
    /// Sends a declared event; the rules are those of the method with a name.
    public func emit<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }

    /// Sends a declared event that replaces an earlier one that still waits; see the method with a name.
    public func emitLatest<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        key: String? = nil,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emitLatest(event.name, key: key, repeat each argument)
    }

    /// Sends a declared event, and suspends until it has been sent; see the method with a name.
    public func emitAndFlush<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) async throws where Declaration.Payload == (repeat each Argument) {
        try await emitAndFlush(event.name, repeat each argument)
    }
}

extension SocketEmitter {
    /// Sends a declared event; the rules are those of the method with a name.
    public func emit<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }
}

extension Broadcast {
    /// Sends a declared event; the rules are those of the method with a name.
    public func emit<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }

    /// Sends a declared event that replaces an earlier one that still waits; see the method with a name.
    public func emitLatest<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        key: String? = nil,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emitLatest(event.name, key: key, repeat each argument)
    }
}

extension RemoteSocket {
    /// Sends a declared event to the socket.
    public func emit<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }
}

extension SocketScope {
    /// Sends a declared event to all sockets.
    public func emit<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }
}

extension SocketIO {
    /// Sends a declared event to all sockets in `/`.
    public func emit<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) where Declaration.Payload == (repeat each Argument) {
        emit(event.name, repeat each argument)
    }
}
