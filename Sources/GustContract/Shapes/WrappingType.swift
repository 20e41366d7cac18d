/// A type whose shape follows from that of the values in it.
protocol WrappingType {
    static func shape(by finder: ShapeFinder) throws -> ValueShape
    /// A value without values in it.
    static var empty: Any { get }
}

extension Optional: WrappingType where Wrapped: Decodable {
    static func shape(by finder: ShapeFinder) throws -> ValueShape { .optional(try finder.shape(of: Wrapped.self)) }
    static var empty: Any { Self.none as Any }
}

extension Array: WrappingType where Element: Decodable {
    static func shape(by finder: ShapeFinder) throws -> ValueShape { .array(try finder.shape(of: Element.self)) }
    static var empty: Any { [Element]() }
}

extension Set: WrappingType where Element: Decodable {
    static func shape(by finder: ShapeFinder) throws -> ValueShape { .array(try finder.shape(of: Element.self)) }
    static var empty: Any { Set<Element>() }
}

extension Dictionary: WrappingType where Key: Decodable, Value: Decodable {
    /// Keys that are neither text nor integers are encoded as an array in which keys and values alternate.
    static func shape(by finder: ShapeFinder) throws -> ValueShape {
        let hasMembers = Key.self == String.self || Key.self == Int.self || Key.self is any CodingKeyRepresentable.Type
        guard hasMembers else { return .array(.any) }
        return .dictionary(try finder.shape(of: Value.self))
    }

    static var empty: Any { [Key: Value]() }
}
