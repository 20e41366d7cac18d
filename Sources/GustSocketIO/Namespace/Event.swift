/// The name of an event together with the type of its argument, declared once and used on both ends.
///
/// ```swift
/// extension Event where Payload == Line {
///     static let say = Event("say")
/// }
/// socket.on(.say) { line in socket.broadcast.emit(.say, line) }
/// ```
public struct Event<Payload: Codable & Sendable>: Sendable, Hashable {
    /// The name on the wire.
    public let name: String

    /// Names an event.
    ///
    /// Reserved names (`connect`, `disconnect`, …) never arrive.
    public init(_ name: String) {
        self.name = name
    }
}
