public import GustWire

/// An event as it came: name, arguments that nobody decoded yet, and the way to acknowledge it.
public struct ReceivedEvent: Sendable {
    /// The event's name.
    public let name: String
    /// The arguments, undecoded.
    ///
    /// They are a slice of all that was read with them: keep `arguments.detached`, not these.
    public let arguments: Arguments
    /// Answers the event, if the client asked for that; nil if it didn't.
    public let acknowledgement: Acknowledgement?

    /// Acknowledges the event with values; does nothing if the client asked for no acknowledgement.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded.
    public func acknowledge<each Value: Encodable>(_ value: repeat each Value) throws {
        guard let acknowledgement else { return }
        acknowledgement.send(try Arguments.encoding(repeat each value))
    }

    /// Acknowledges the event with arguments that are encoded already.
    public func acknowledge(with arguments: Arguments) {
        acknowledgement?.send(arguments)
    }
}

extension Arguments {
    /// Values as arguments.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded.
    public static func encoding<each Value: Encodable>(_ value: repeat each Value) throws -> Arguments {
        var arguments = Arguments()
        for value in repeat each value { try arguments.append(value) }
        return arguments
    }
}
