import GustWire

/// A handler for messages.
///
/// A type of its own, because a closure in a generic list would be wrapped in another closure.
struct MessageHandler: Sendable {
    let call: @Sendable (Message) -> Void
}
