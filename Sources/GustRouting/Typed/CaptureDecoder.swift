import GustHTTP

/// Decodes a struct from captures by their names; each member is converted from the text of its capture.
struct CaptureDecoder: Decoder {
    let captures: Captures
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed<Key>(captures: captures, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: "captures aren't a list"))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw DecodingError.dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "captures aren't a single value")
        )
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let captures: Captures
        let codingPath: [any CodingKey]

        var allKeys: [Key] { captures.named.keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { captures[key.stringValue] != nil }

        func decodeNil(forKey key: Key) -> Bool { captures[key.stringValue] == nil }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            guard let text = captures[key.stringValue] else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such capture"))
            }
            return try CaptureText(text: text, codingPath: codingPath + [key]).decode(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { throw nesting(key) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw nesting(key) }

        func superDecoder() throws -> any Decoder { CaptureDecoder(captures: captures, codingPath: codingPath) }

        func superDecoder(forKey key: Key) throws -> any Decoder { throw nesting(key) }

        private func nesting(_ key: Key) -> DecodingError {
            .dataCorruptedError(forKey: key, in: self, debugDescription: "a capture is text and has no nested values")
        }
    }
}
