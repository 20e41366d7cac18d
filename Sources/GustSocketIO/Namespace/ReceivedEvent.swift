public import GustWire

/// An event as it was received: its name, its undecoded arguments, and its acknowledgement.
public struct ReceivedEvent: Sendable {
    /// The event's name.
    public let name: String
    /// The arguments, undecoded.
    ///
    /// They are a slice of the buffer that was read, which can be much larger. To keep the arguments,
    /// keep `arguments.detached`.
    public let arguments: Arguments
    /// Acknowledges the event; nil if the client requested no acknowledgement.
    package let acknowledgement: Acknowledgement?

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

extension Arguments {
    /// Encodes values as arguments.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded.
    public static func encoding<each Value: Encodable>(_ value: repeat each Value) throws -> Arguments {
        var arguments = Arguments()
        for value in repeat each value { try arguments.append(value) }
        return arguments
    }
}
