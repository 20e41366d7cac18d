import GustAdapter
public import GustContract
import GustWire

// Declared events that clients acknowledge. An event whose reply is `Never` isn't acknowledged: the compiler refuses it.

extension Socket {
    /// Sends a declared event and waits for the client's reply.
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - argument: the arguments of the event.
    ///   - timeout: how long to wait.
    /// - Returns: the reply.
    /// - Throws: The errors of the method with a name; an error that names the argument if the reply doesn't fit the declaration.
    public func emitWithAcknowledgement<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument,
        timeout: Duration = .seconds(10)
    ) async throws -> Declaration.Reply where Declaration.Payload == (repeat each Argument) {
        let arguments = try await emitWithAcknowledgement(event.name, repeat each argument, timeout: timeout)
        return try event.signature.reply.value(of: arguments)
    }

    /// Must not be called: the event is declared without a reply.
    @available(*, unavailable, message: "the event is declared without a reply: Never")
    public func emitWithAcknowledgement<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument,
        timeout: Duration = .seconds(10)
    ) async throws -> Never where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        throw SocketError.notSupported
    }
}

extension RemoteSocket {
    /// Sends a declared event and waits for the client's reply.
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - argument: the arguments of the event.
    ///   - timeout: how long to wait.
    /// - Returns: the reply.
    /// - Throws: The errors of the method with a name; an error that names the argument if the reply doesn't fit the declaration.
    public func emitWithAcknowledgement<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument,
        timeout: Duration = .seconds(10)
    ) async throws -> Declaration.Reply where Declaration.Payload == (repeat each Argument) {
        let arguments = try await emitWithAcknowledgement(event.name, repeat each argument, timeout: timeout)
        return try event.signature.reply.value(of: arguments)
    }

    /// Must not be called: the event is declared without a reply.
    @available(*, unavailable, message: "the event is declared without a reply: Never")
    public func emitWithAcknowledgement<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument,
        timeout: Duration = .seconds(10)
    ) async throws -> Never where Declaration.Payload == (repeat each Argument), Declaration.Reply == Never {
        throw SocketError.notSupported
    }
}

extension Broadcast {
    /// Sends a declared event to the selected sockets and returns their replies as they arrive.
    ///
    /// ```swift
    /// for await reply in try io.to("lobby").emitWithAcknowledgement(game.vote, question) {
    ///     count(reply.socketID, try reply.result.get())
    /// }
    /// ```
    /// - Parameters:
    ///   - event: the event.
    ///   - argument: the arguments of the event.
    ///   - timeout: how long each client may take, by the clock of its loop.
    /// - Returns: the replies, one for each selected socket.
    /// - Throws: `EncodingError` if an argument can't be encoded.
    public func emitWithAcknowledgement<Declaration: EventFromServer, each Argument: Encodable>(
        _ event: Declaration,
        _ argument: repeat each Argument,
        timeout: Duration = .seconds(10)
    ) throws -> TypedReplies<Declaration.Reply> where Declaration.Payload == (repeat each Argument) {
        TypedReplies(
            try emitWithAcknowledgement(event.name, repeat each argument, timeout: timeout),
            event.signature.reply
        )
    }
}
