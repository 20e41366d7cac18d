public import GustContract
import GustHTTP
import GustWire
import NIOCore

/// Declared events, as a client sends and receives them.
extension TestSocket {
    /// Sends a declared event.
    public func emit<Declaration: EventFromClient, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) async throws where Declaration.Payload == (repeat each Argument) {
        try await emit(event.name, repeat each argument)
    }

    /// Sends a declared event and waits for the reply.
    ///
    /// - Returns: the reply.
    /// - Throws: ``GustContract/EventRefusal`` if the server refused the event; ``TestError/timedOut(_:)`` if there is no acknowledgement
    ///   in time; an error that names the argument if the reply doesn't fit the declaration.
    public func emitWithAcknowledgement<Declaration: EventFromClient, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument
    ) async throws -> Declaration.Reply where Declaration.Payload == (repeat each Argument) {
        try event.signature.reply(of: try await acknowledgement(of: event.name, repeat each argument))
    }

    /// Waits for the next event, which must be `event`.
    ///
    /// - Returns: its payload.
    /// - Throws: ``TestError/unexpected(_:)`` if something else is received, ``TestError/timedOut(_:)`` if nothing is received in time; an
    ///   error that names the argument if the payload doesn't fit the declaration.
    public func next<Declaration: EventFromServer>(_ event: Declaration) async throws -> Declaration.Payload {
        let received = try await next()
        guard case .event(let name, let texts, let attachments) = received, name.hasSameBytes(as: event.name) else {
            throw TestError.unexpected("\(received)")
        }
        let text = ByteBuffer(string: texts.joined(separator: ","))
        return try event.signature.payload.value(of: Arguments(trusted: text, attachments: attachments))
    }

    /// Waits for an event that requests an acknowledgement, and acknowledges the oldest one with the reply of its declaration.
    public func acknowledge<Declaration: EventFromServer>(
        _ event: Declaration,
        _ reply: Declaration.Reply
    ) async throws {
        try await acknowledge(with: try event.signature.reply.arguments(of: reply))
    }
}
