/// The declaration of an event: its name, the types of its arguments, and the type of its reply.
///
/// The declarations are ``ClientEvent``, ``ServerEvent`` and ``Event``, by who sends the event. Servers, clients and tests use the same
/// declaration, so that a type that doesn't fit is an error of the compiler.
public protocol EventDeclaration<Payload, Reply>: Sendable {
    /// The type of the only argument, a tuple of several, or `Void` if the event has none.
    associatedtype Payload: Sendable
    /// The type of the acknowledgement; `Never` if the event isn't acknowledged, `Void` if the acknowledgement is empty.
    associatedtype Reply: Sendable

    /// What is declared.
    var signature: EventSignature<Payload, Reply> { get }
}

/// An event that clients send: the server has handlers for it.
public protocol EventFromClient<Payload, Reply>: EventDeclaration {}

/// An event that the server sends: clients have handlers for it.
public protocol EventFromServer<Payload, Reply>: EventDeclaration {}

extension EventDeclaration {
    /// The name in the `EVENT` packet.
    public var name: String { signature.name }
}
