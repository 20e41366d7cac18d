public import GustWire

/// An event as a client received it: its name, its undecoded arguments, and its acknowledgement.
public struct SocketEvent: Sendable {
    /// The event's name.
    public let name: String
    /// The arguments, undecoded.
    ///
    /// They are a slice of the buffer that was read. To keep them, keep `arguments.detached`.
    public let arguments: Arguments
    /// Sends the acknowledgement; nil if the server requested none.
    let reply: EventReply?

    /// Whether the server requested an acknowledgement.
    public var isAcknowledgementRequested: Bool { reply != nil }

    /// Acknowledges the event with values; does nothing if the server requested no acknowledgement, or the event was acknowledged.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded.
    public func acknowledge<each Value: Encodable>(_ value: repeat each Value) throws {
        guard let reply else { return }
        reply.send(try Arguments.encoding(repeat each value))
    }

    /// Acknowledges the event with encoded arguments.
    public func acknowledge(with arguments: Arguments) { reply?.send(arguments) }

    /// The same event in memory of its own.
    var detached: SocketEvent { SocketEvent(name: name, arguments: arguments.detached, reply: reply) }
}
