import GustHTTP
import GustJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads values from the texts of fields.
enum FieldText {
    /// Decodes a value from a node.
    ///
    /// - Throws: `DecodingError` with the path, and without the text of the field.
    static func decode<T: Decodable>(_ type: T.Type, from node: FieldNode, _ path: [any CodingKey]) throws -> T {
        if type == Upload.self {
            guard let file = node.file as? T else { throw missing(type, path) }
            return file
        }
        guard let read = readers[ObjectIdentifier(type)] else {
            return try T(from: FieldDecoder(node: node, codingPath: path))
        }
        guard let text = node.text else { throw missing(type, path) }
        guard let value = read(text) as? T else {
            throw DecodingError.typeMismatch(type, .init(codingPath: path, debugDescription: ""))
        }
        return value
    }

    private static func missing(_ type: Any.Type, _ path: [any CodingKey]) -> DecodingError {
        .valueNotFound(type, .init(codingPath: path, debugDescription: ""))
    }

    private static let readers: [ObjectIdentifier: @Sendable (String) -> Any?] = [
        ObjectIdentifier(String.self): { $0 },
        ObjectIdentifier(Bool.self): { bool($0) },
        ObjectIdentifier(Int.self): { Int($0) },
        ObjectIdentifier(Int8.self): { Int8($0) },
        ObjectIdentifier(Int16.self): { Int16($0) },
        ObjectIdentifier(Int32.self): { Int32($0) },
        ObjectIdentifier(Int64.self): { Int64($0) },
        ObjectIdentifier(UInt.self): { UInt($0) },
        ObjectIdentifier(UInt8.self): { UInt8($0) },
        ObjectIdentifier(UInt16.self): { UInt16($0) },
        ObjectIdentifier(UInt32.self): { UInt32($0) },
        ObjectIdentifier(UInt64.self): { UInt64($0) },
        ObjectIdentifier(Double.self): { number($0) },
        ObjectIdentifier(Float.self): { number($0).map { Float($0) } },
        ObjectIdentifier(Decimal.self): { text in number(text) == nil ? nil : Decimal(string: text) },
        ObjectIdentifier(Date.self): { date($0) },
        ObjectIdentifier(URL.self): { URL(string: $0) },
        ObjectIdentifier(UUID.self): { UUID(uuidString: $0) },
    ]

    /// A box or a switch: `on`, `true` or `1`; `off`, `false`, `0` or an empty text.
    private static func bool(_ text: String) -> Bool? {
        if ["on", "true", "1"].contains(where: text.equalsIgnoringASCIICase) { return true }
        return text.isEmpty || ["off", "false", "0"].contains(where: text.equalsIgnoringASCIICase) ? false : nil
    }

    /// A finite decimal number; `Double` itself also reads `nan`, `infinity` and hexadecimal numbers.
    private static func number(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }

    /// A time with its zone in the form of ISO 8601, or a day, as `<input type="date">` sends it, which begins in UTC.
    private static func date(_ text: String) -> Date? {
        text.utf8.contains(UInt8(ascii: "T")) ? ISO8601Text.date(text) : ISO8601Text.date("\(text)T00:00:00Z")
    }
}
