/// The name of an event and the type of its only argument, declared once for handlers and senders.
///
/// ```swift
/// extension Event where Payload == Line {
///     static let say = Event("say")
/// }
/// socket.on(.say) { line in socket.broadcast.emit(.say, line) }
/// ```
public struct Event<Payload: Codable & Sendable>: Sendable, Hashable {
    /// The name in the `EVENT` packet.
    public let name: String

    /// Declares an event.
    ///
    /// Reserved names (`connect`, `disconnect`, …) are never received, and sending them is refused.
    public init(_ name: String) {
        self.name = name
    }
}
