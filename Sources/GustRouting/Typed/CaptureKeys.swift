import GustHTTP

/// Finds out which captures a `Decodable` type requires, by decoding the type from placeholder values.
enum CaptureKeys {
    /// The names of the members that aren't optional, as far as decoding with placeholder values reaches them.
    ///
    /// nil if the type is decoded from a single value, as numbers and enumerations with a raw value are.
    static func required<Value: Decodable>(by type: Value.Type) -> [String]? {
        let probe = Probe()
        // If a type refuses a placeholder value (because of a range check, for example), the keys up to that member are
        // known.
        _ = try? Value(from: probe)
        return probe.keys.isSingleValue ? nil : probe.keys.names
    }

    private final class Keys {
        var names: [String] = []
        var isSingleValue = false
    }

    private struct Probe: Decoder {
        let keys = Keys()
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(Keyed<Key>(keys: keys))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unknown() }
        func singleValueContainer() throws -> any SingleValueDecodingContainer {
            keys.isSingleValue = true
            throw Unknown()
        }
    }

    private struct Unknown: Error {}

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let keys: Keys
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool { true }

        /// Called for optional members only, which may be missing.
        func decodeNil(forKey key: Key) -> Bool { true }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            keys.names.append(key.stringValue)
            for text in ["1", "x", "true", "00000000-0000-0000-0000-000000000000"] {
                if let value = try? CaptureText(text: text, codingPath: []).decode(type) { return value }
            }
            throw Unknown()
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? { nil }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { throw Unknown() }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Unknown() }
        func superDecoder() throws -> any Decoder { throw Unknown() }
        func superDecoder(forKey key: Key) throws -> any Decoder { throw Unknown() }
    }
}
