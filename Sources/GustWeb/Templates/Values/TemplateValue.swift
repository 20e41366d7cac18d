import GustHTTP

/// A value that a template inserts: nothing, a boolean, a number, a text, a list, or an object with named members.
///
/// A helper of the application gets its arguments in this form; see ``TemplateArguments``.
public struct TemplateValue: Sendable {
    indirect enum Content: Sendable {
        case null
        case bool(Bool)
        case integer(Int)
        case number(Double)
        case text(String)
        /// Text that is inserted without escaping.
        case html(String)
        case list([TemplateValue])
        /// `isOpen` if any name may be missing: the members of a dictionary, not those of a type.
        case object([ByteText: TemplateValue], isOpen: Bool)
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    static let null = TemplateValue(.null)

    /// Whether there is no value: nil, or an argument that the tag doesn't have.
    public var isNull: Bool {
        if case .null = content { return true }
        return false
    }

    /// Whether a section with this value is rendered: false for nothing, `false`, 0, an empty text and an empty list.
    public var isTrue: Bool {
        switch content {
        case .null: false
        case .bool(let bool): bool
        case .integer(let integer): integer != 0
        case .number(let number): number != 0 && !number.isNaN
        case .text(let text), .html(let text): !text.isEmpty
        case .list(let elements): !elements.isEmpty
        case .object: true
        }
    }

    /// The text of a text, a number or a boolean; nil for anything else.
    public var text: String? {
        switch content {
        case .bool(let bool): bool ? "true" : "false"
        case .integer(let integer): String(integer)
        case .number(let number): number.description
        case .text(let text), .html(let text): text
        case .null, .list, .object: nil
        }
    }

    /// The integer of a number without a fraction; nil for anything else.
    public var integer: Int? {
        switch content {
        case .integer(let integer): integer
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    /// The number; nil for anything else.
    public var number: Double? {
        switch content {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The elements of a list; nil for anything else.
    public var elements: [TemplateValue]? {
        if case .list(let elements) = content { return elements }
        return nil
    }

    /// A member of an object; null if there is none, or if this isn't an object.
    public subscript(name: String) -> TemplateValue {
        guard case .object(let members, _) = content else { return .null }
        return members[ByteText(name)] ?? .null
    }
}
