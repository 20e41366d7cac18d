/// An event that clients send and the server handles, declared once.
///
/// ```swift
/// let join = ClientEvent<(String, String?), Welcome>("join", parameters: ["name", "key"])
/// socket.on(join) { name, key in Welcome(name: name) }
/// ```
/// The payload is the type of the only argument, a tuple of several, or `Void`; the reply is `Never` if the event isn't acknowledged.
public struct ClientEvent<Payload: Sendable, Reply: Sendable>: EventFromClient {
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
