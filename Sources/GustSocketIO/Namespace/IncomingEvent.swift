import GustHTTP
import GustWire

/// An event or a message of a client on its way through packet middleware.
struct IncomingEvent: Sendable {
    /// The event; a message is the event `message`.
    var event: ReceivedEvent
    /// The message as it was received; nil for an event.
    private let message: Message?
    /// The arguments that stand for `message`.
    private let original: Arguments

    init(_ event: ReceivedEvent) {
        self.event = event
        message = nil
        original = event.arguments
    }

    init(_ message: Message) {
        self.message = message
        original = Arguments(message)
        event = ReceivedEvent(name: "message", arguments: original, acknowledgement: nil)
    }

    private init(_ event: ReceivedEvent, _ message: Message?, _ original: Arguments) {
        self.event = event
        self.message = message
        self.original = original
    }

    /// The same event in memory of its own, so that it can outlive the buffer that was read.
    var detached: IncomingEvent {
        var event = event
        event.arguments = event.arguments.detached
        return IncomingEvent(event, message?.detached, message == nil ? event.arguments : original.detached)
    }

    /// The message to pass to handlers; nil if this is an event, or if middleware has changed the name.
    var remainingMessage: Message? {
        guard let message, event.name.hasSameBytes(as: "message") else { return nil }
        let isUnchanged = event.arguments.text == original.text && event.arguments.attachments == original.attachments
        return isUnchanged ? message : event.arguments.asMessage
    }
}
