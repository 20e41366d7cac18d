import GustHTTP

/// Conversion of values of Swift.
extension TemplateValue {
    /// The values of a page, whose names are checked in strict templates.
    init(page values: [String: any Sendable]) throws {
        var members: [ByteText: TemplateValue] = [:]
        members.reserveCapacity(values.count)
        for (name, value) in values { members[ByteText(name)] = try TemplateValue(any: value) }
        self.init(.object(members, isOpen: false))
    }

    /// The value of anything: a value that is `Encodable` is encoded, other types are read by reflection.
    ///
    /// - Throws: The error of an `encode(to:)`, or a ``TemplateError`` if the value is nested more than 64 deep.
    init(any value: Any, depth: Int = 0) throws {
        guard depth < Self.maximumDepth else { throw Self.tooDeep }
        switch value {
        case let value as TemplateValue: self = value
        case let value as String: self.init(.text(value))
        case let value as Substring: self.init(.text(String(value)))
        case let value as Bool: self.init(.bool(value))
        case let value as Int: self.init(.integer(value))
        case let value as Double: self.init(.number(value))
        case let value as HTML: self.init(.html(value.text))
        case let value as any Absent:
            self = if let wrapped = value.wrapped { try TemplateValue(any: wrapped, depth: depth) } else { .null }
        case let value as any Members:
            var members: [ByteText: TemplateValue] = [:]
            for (name, member) in value.members {
                members[ByteText(name)] = try TemplateValue(any: member, depth: depth + 1)
            }
            self.init(.object(members, isOpen: true))
        case let value as any Elements:
            self.init(.list(try value.elements.map { try TemplateValue(any: $0, depth: depth + 1) }))
        case let value as any Encodable: self = try TemplateEncoding.value(of: value, depth: depth)
        default: self = try Self.reflection(of: value, depth: depth)
        }
    }

    /// The most levels of lists and objects in each other.
    static let maximumDepth = 64
    static let tooDeep = TemplateError(.context, "a value is nested more than \(maximumDepth) deep")

    private static func reflection(of value: Any, depth: Int) throws -> TemplateValue {
        let mirror = Mirror(reflecting: value)
        var members: [ByteText: TemplateValue] = [:]
        for child in mirror.children {
            guard let name = child.label else { continue }
            members[ByteText(name)] = try TemplateValue(any: child.value, depth: depth + 1)
        }
        let hasMembers = mirror.displayStyle != .enum && !members.isEmpty && !(value is any CustomStringConvertible)
        return TemplateValue(hasMembers ? .object(members, isOpen: false) : .text("\(value)"))
    }
}

/// A type that may hold no value, even inside `any Sendable`.
private protocol Absent {
    var wrapped: Any? { get }
}

extension Optional: Absent {
    fileprivate var wrapped: Any? { map { $0 } }
}

/// A dictionary with names.
private protocol Members {
    var members: [(String, Any)] { get }
}

extension Dictionary: Members where Key == String {
    fileprivate var members: [(String, Any)] { map { ($0.key, $0.value) } }
}

/// A collection whose elements are a list of a template.
private protocol Elements {
    var elements: [Any] { get }
}

extension Array: Elements {
    fileprivate var elements: [Any] { map { $0 } }
}

extension Set: Elements {
    fileprivate var elements: [Any] { map { $0 } }
}

extension ArraySlice: Elements {
    fileprivate var elements: [Any] { map { $0 } }
}
