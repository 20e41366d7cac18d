/// An event that clients and the server send, declared once.
///
/// ```swift
/// let typing = Event<Bool, Never>("typing")
/// socket.on(typing) { isTyping in socket.broadcast.emit(typing, isTyping) }
/// ```
/// Declare an event that only one side sends as a ``ClientEvent`` or a ``ServerEvent``: the other side can't send it by mistake.
public struct Event<Payload: Sendable, Reply: Sendable>: EventFromClient, EventFromServer {
    /// What is declared.
    public let signature: EventSignature<Payload, Reply>

    /// Declares an event.
    ///
    /// A name that Socket.IO reserves (`connect`, `disconnect`, …) ends the program.
    /// - Parameters:
    ///   - name: the name in the `EVENT` packet.
    ///   - parameters: the names of the arguments in the documents that ``Contract`` writes; missing names are `payload`, or
    ///     `argument1` and so on.
    ///   - summary: what the event means, in a sentence for the readers of these documents.
    public init<each Argument: Codable & Sendable, each Answer: Codable & Sendable>(
        _ name: String,
        parameters: [String] = [],
        summary: String? = nil
    ) where Payload == (repeat each Argument), Reply == (repeat each Answer) {
        signature = EventSignature(name, parameters, summary)
    }
}
