/// The members of an object of a type that is being decoded: each that is asked for is recorded.
struct ShapeMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let finder: ShapeFinder
    let record: ShapeDecoder.Record
    let codingPath: [any CodingKey] = []
    /// The keys of an enum with associated values can't be listed, so that it isn't decoded.
    let allKeys: [Key] = []

    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let (value, shape) = try finder.sample(type)
        record.add(ShapeTable.Member(name: key.stringValue, shape: shape))
        return value
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try absent(type, key)
    }

    private func absent<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        record.add(ShapeTable.Member(name: key.stringValue, shape: .optional(try finder.shape(of: type))))
        return nil
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) -> KeyedDecodingContainer<NestedKey> {
        superDecoder(key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        superDecoder(key.stringValue).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { superDecoder("super") }

    func superDecoder(forKey key: Key) -> any Decoder { superDecoder(key.stringValue) }

    /// What is in a container that a type makes by hand isn't shown.
    private func superDecoder(_ name: String) -> ShapeDecoder {
        record.add(ShapeTable.Member(name: name, shape: .any))
        return ShapeDecoder(finder)
    }

    // The protocol has an implementation of its own for each of these types, which would be called otherwise.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try absent(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try absent(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try absent(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try absent(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try absent(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try absent(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try absent(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try absent(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try absent(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try absent(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try absent(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try absent(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try absent(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try absent(type, key) }
}
