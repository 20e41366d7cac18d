import GustWire
import NIOCore

/// A value of a document in JSON.
indirect enum DocumentNode: Encodable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case text(String)
    case number(Int)
    /// JSON text.
    case literal(String)
    case array([DocumentNode])
    case object([(String, DocumentNode)])

    private struct Name: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(_ name: String) { stringValue = name }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    init(stringLiteral value: String) { self = .text(value) }

    init(arrayLiteral elements: DocumentNode...) { self = .array(elements) }

    init(dictionaryLiteral elements: (String, DocumentNode)...) { self = .object(elements) }

    /// The object with a member more; a schema that is a reference can't have one.
    func adding(_ name: String, _ value: DocumentNode) -> DocumentNode {
        guard case .object(let members) = self, !members.contains(where: { $0.0 == "$ref" }) else { return self }
        return .object(members + [(name, value)])
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .number(let number):
            var container = encoder.singleValueContainer()
            try container.encode(number)
        case .literal(let text):
            try JSONSlice(trusted: .init(string: text)).encode(to: encoder)
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let members):
            var container = encoder.container(keyedBy: Name.self)
            for (name, value) in members { try container.encode(value, forKey: Name(name)) }
        }
    }
}
