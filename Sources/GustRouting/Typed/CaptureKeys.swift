import GustHTTP

/// Asks a `Decodable` type which captures it can't do without, by letting it decode from nothing but plausible values.
enum CaptureKeys {
    /// The names of the members that aren't optional, as far as the type can be made to tell them; nil if the type is read
    /// from a single value, as numbers and enumerations with a raw value are.
    static func required<Value: Decodable>(by type: Value.Type) -> [String]? {
        let probe = Probe()
        // A type that refuses the plausible values (a range check, say) has told its keys up to there.
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

        /// Asked for optional members only: those may be missing.
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
