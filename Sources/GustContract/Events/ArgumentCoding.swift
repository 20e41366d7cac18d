package import GustWire

/// Writes a value as arguments of an event, and reads it: a tuple with an argument for each element, or the only argument.
///
/// Only the declarations of events make one.
package struct ArgumentCoding<Value: Sendable>: Sendable {
    let types: [any (Decodable & SendableMetatype).Type]
    private let writing: @Sendable (Value) throws -> Arguments
    private let reading: @Sendable (Arguments) throws -> Value

    init<each Argument: Codable & Sendable>() where Value == (repeat each Argument) {
        var types: [any (Decodable & SendableMetatype).Type] = []
        for type in repeat (each Argument).self { types.append(type) }
        self.types = types
        writing = { value in
            let values: (repeat each Argument) = value
            var arguments = Arguments()
            for argument in repeat each values { try arguments.append(argument) }
            return arguments
        }
        reading = { arguments in
            var index = 0
            func next<Next: Decodable>(_ type: Next.Type) throws -> Next {
                defer { index += 1 }
                return try arguments.decode(type, at: index)
            }
            return (repeat try next((each Argument).self))
        }
    }

    /// The arguments of a value.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded.
    package func arguments(of value: Value) throws -> Arguments { try writing(value) }

    /// The value of arguments; arguments beyond those of the declaration are ignored, as in JavaScript.
    ///
    /// - Throws: An error that names the argument, and the member in it, that is missing or of another type.
    package func value(of arguments: Arguments) throws -> Value { try reading(arguments) }
}
