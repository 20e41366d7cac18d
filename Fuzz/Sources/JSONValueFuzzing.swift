import GustJSON
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Fuzzes the codec of JSON: what it decodes, Foundation decodes as the same value; what it encodes, it decodes again.
enum JSONValueFuzzing {
    private enum AnyValue: Codable, Equatable {
        case null
        case bool(Bool)
        case number(Double)
        case string(String)
        case array([AnyValue])
        case object([String: AnyValue])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else if let value = try? container.decode([AnyValue].self) {
                self = .array(value)
            } else if let value = try? container.decode([String: AnyValue].self) {
                self = .object(value)
            } else {
                self = .number(try container.decode(Double.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .null: try container.encodeNil()
            case .bool(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            case .array(let value): try container.encode(value)
            case .object(let value): try container.encode(value)
            }
        }
    }

    private struct Person: Codable, Equatable {
        var name: String
        var age: Int8?
        var tags: [String]?
        var size: Float?
        var price: Decimal?
        var picture: Data?
        var next: [Person]?
    }

    static func run(_ input: Input) {
        if let fault = input.bytes.withUnsafeBytes({ JSONDecoding.fault(in: $0) }) {
            require(fault.offset >= 0 && fault.offset <= input.bytes.count, "\(fault)")
            require((try? JSONDecoding.decode(AnyValue.self, from: input.buffer)) == nil, "\(fault), but decoded")
        } else {
            compare(AnyValue.self, input)
            compare(Person.self, input)
        }
    }

    private static func compare<Value: Codable & Equatable>(_ type: Value.Type, _ input: Input) {
        guard let value = try? JSONDecoding.decode(type, from: input.buffer) else { return }
        // What Foundation refuses is documented at `JSONDecoding`: lone surrogates, and numbers too close to zero.
        if let other = try? JSONDecoder().decode(type, from: Data(input.bytes)), !hasEquivalentKeys(input) {
            require(value == other, "\(value), by Foundation \(other)")
        }
        do {
            for style in [JSONStyle(), JSONStyle(sortsKeys: true)] {
                let text = try JSONEncoding.encode(value, style)
                require(text.withUnsafeReadableBytes { JSONDecoding.fault(in: $0) } == nil, "\(String(buffer: text))")
                require(try JSONDecoding.decode(type, from: text) == value, "\(value) came back as another value")
            }
        } catch {
            require(false, "\(value) can't be encoded and decoded again: \(error)")
        }
    }

    /// Whether keys may be equal for Foundation, and different for the codec: all of ASCII differs for both.
    private static func hasEquivalentKeys(_ input: Input) -> Bool {
        input.bytes.contains { $0 >= 0x80 } || input.bytes.contains(UInt8(ascii: "\\"))
    }
}
