import GustHTTP
import GustJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes template values of `Encodable` values, without text in between.
enum TemplateEncoding {
    /// Encodes a value; dates become ISO 8601 text, URLs and decimals their text, and data base64.
    ///
    /// - Throws: The error of an `encode(to:)`, or a ``TemplateError`` if the value is nested too deep.
    static func value<Value: Encodable>(
        of value: Value,
        path: [any CodingKey] = [],
        depth: Int
    ) throws -> TemplateValue {
        guard depth < TemplateValue.maximumDepth else { throw TemplateValue.tooDeep }
        // Types are compared first, because a cast takes longer.
        if special.contains(ObjectIdentifier(Value.self)), let value = try special(value, path) { return value }
        let node = EncodedNode(isOpen: Value.self is any OpenMembers.Type, depth: depth)
        try value.encode(to: TemplateValueEncoder(node: node, codingPath: path))
        return node.value
    }

    private static let special: Set<ObjectIdentifier> = [
        ObjectIdentifier(String.self), ObjectIdentifier(Int.self), ObjectIdentifier(Bool.self),
        ObjectIdentifier(Date.self),
        ObjectIdentifier(URL.self), ObjectIdentifier(Decimal.self), ObjectIdentifier(Data.self),
        ObjectIdentifier(HTML.self),
    ]

    private static func special(_ value: Any, _ path: [any CodingKey]) throws -> TemplateValue? {
        switch value {
        case let value as String: return TemplateValue(.text(value))
        case let value as Int: return TemplateValue(.integer(value))
        case let value as Bool: return TemplateValue(.bool(value))
        case let value as Date:
            guard let text = ISO8601Text.text(value) else {
                throw EncodingError.invalidValue(
                    value,
                    EncodingError.Context(codingPath: path, debugDescription: "the date isn't in the years 0 to 9999")
                )
            }
            return TemplateValue(.text(text))
        case let value as HTML: return TemplateValue(.html(value.text))
        case let value as URL: return TemplateValue(.text(value.absoluteString))
        case let value as Decimal: return TemplateValue(.text("\(value)"))
        case let value as Data: return TemplateValue(.text(value.base64EncodedString()))
        default: return nil
        }
    }
}

/// A dictionary, any of whose names may be missing.
private protocol OpenMembers {}

extension Dictionary: OpenMembers {}

/// A value that is being encoded.
///
/// Must only be used by the call that encodes the value.
final class EncodedNode {
    private enum Content {
        case single(TemplateValue)
        case members([ByteText: EncodedNode])
        case elements([EncodedNode])
    }

    private var content = Content.single(.null)
    private let isOpen: Bool
    let depth: Int

    init(isOpen: Bool = false, depth: Int) {
        self.isOpen = isOpen
        self.depth = depth
    }

    /// The finished value.
    var value: TemplateValue {
        switch content {
        case .single(let value): value
        case .members(let members): TemplateValue(.object(members.mapValues(\.value), isOpen: isOpen))
        case .elements(let elements): TemplateValue(.list(elements.map(\.value)))
        }
    }

    /// The number of elements of a list.
    var count: Int {
        if case .elements(let elements) = content { return elements.count }
        return 0
    }

    func set(_ value: TemplateValue) { content = .single(value) }

    func beginMembers() {
        guard case .members = content else { return content = .members([:]) }
    }

    func beginElements() {
        guard case .elements = content else { return content = .elements([]) }
    }

    /// A new member; it replaces an earlier one with the same name.
    func member(_ name: String) -> EncodedNode {
        guard case .members(var members) = content else { return EncodedNode(depth: depth + 1) }
        content = .single(.null)
        let node = EncodedNode(depth: depth + 1)
        members[ByteText(name)] = node
        content = .members(members)
        return node
    }

    /// A new element at the end.
    func element() -> EncodedNode {
        guard case .elements(var elements) = content else { return EncodedNode(depth: depth + 1) }
        content = .single(.null)
        let node = EncodedNode(depth: depth + 1)
        elements.append(node)
        content = .elements(elements)
        return node
    }
}
