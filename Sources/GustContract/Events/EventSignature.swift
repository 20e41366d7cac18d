/// What an event's declaration says.
public struct EventSignature<Payload: Sendable, Reply: Sendable>: Sendable {
    /// The name in the `EVENT` packet.
    public let name: String
    /// The names of the arguments in the documents that ``Contract`` writes.
    public let parameters: [String]
    /// What the event means, in a sentence for the readers of these documents.
    public let summary: String?
    /// How the payload is written as arguments, and read.
    package let payload: ArgumentCoding<Payload>
    /// How the reply is written as arguments, and read.
    package let reply: ArgumentCoding<Reply>

    /// A name that Socket.IO reserves is a mistake of the program, which ends with its first use.
    init<each Argument: Codable & Sendable, each Answer: Codable & Sendable>(
        _ name: String,
        _ parameters: [String],
        _ summary: String?
    ) where Payload == (repeat each Argument), Reply == (repeat each Answer) {
        precondition(!ReservedName.contains(name), ReservedName(name: name).description)
        self.name = name
        self.parameters = parameters
        self.summary = summary
        payload = ArgumentCoding()
        reply = ArgumentCoding()
    }

    /// Whether the receiver acknowledges the event.
    package var hasReply: Bool { Reply.self != Never.self }
}
