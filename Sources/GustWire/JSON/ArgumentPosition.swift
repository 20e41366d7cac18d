/// Decodes the arguments of an event one after the other.
package struct ArgumentPosition {
    private let arguments: Arguments
    private var index = 0
    /// Whether an argument couldn't be decoded.
    package private(set) var hasFailed = false

    package init(_ arguments: Arguments) {
        self.arguments = arguments
    }

    /// Decodes the next argument.
    package mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
        defer { index += 1 }
        do { return try arguments.decode(type, at: index) } catch {
            hasFailed = true
            throw error
        }
    }
}
