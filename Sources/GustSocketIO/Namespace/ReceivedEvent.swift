public import GustWire

/// An event as it was received: its name, its undecoded arguments, and its acknowledgement.
public struct ReceivedEvent: Sendable {
    /// The event's name; packet middleware may change it.
    public var name: String
    /// The arguments, undecoded; packet middleware may change them.
    ///
    /// They are a slice of the buffer that was read, which can be much larger. To keep the arguments,
    /// keep `arguments.detached`.
    public var arguments: Arguments
    /// Acknowledges the event; nil if the client requested no acknowledgement and none is recorded.
    package let acknowledgement: Acknowledgement?
    /// Whether packet middleware has dropped the event.
    private(set) var isDropped = false

    init(name: String, arguments: Arguments, acknowledgement: Acknowledgement?) {
        self.name = name
        self.arguments = arguments
        self.acknowledgement = acknowledgement
    }

    /// Whether the client requested an acknowledgement.
    public var isAcknowledgementRequested: Bool { acknowledgement?.isRequested ?? false }

    /// Drops the event: neither later packet middleware nor a handler receives it.
    ///
    /// The event isn't acknowledged, unless packet middleware acknowledges it. Does nothing in a handler.
    public mutating func drop() { isDropped = true }

    /// Acknowledges the event with values; does nothing if the client requested no acknowledgement.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded.
    public func acknowledge<each Value: Encodable>(_ value: repeat each Value) throws {
        guard let acknowledgement else { return }
        acknowledgement.send(try Arguments.encoding(repeat each value))
    }

    /// Acknowledges the event with encoded arguments; does nothing if the client requested no acknowledgement.
    public func acknowledge(with arguments: Arguments) {
        acknowledgement?.send(arguments)
    }
}
