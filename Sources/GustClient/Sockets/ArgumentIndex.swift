import GustWire

/// Decodes the arguments of an event one after the other.
struct ArgumentIndex {
    private let arguments: Arguments
    private var index = 0

    init(_ arguments: Arguments) { self.arguments = arguments }

    mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
        defer { index += 1 }
        return try arguments.decode(type, at: index)
    }
}
