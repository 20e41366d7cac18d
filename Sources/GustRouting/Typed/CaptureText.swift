/// Decodes a single value from the text of one capture.
struct CaptureText: Decoder, SingleValueDecodingContainer {
    let text: String
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw mismatch(type)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw mismatch([Any].self) }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let convertible = type as? any CaptureConvertible.Type {
            guard let value = convertible.convert(capture: text) as? Value else { throw mismatch(type) }
            return value
        }
        if type == Float.self {
            guard let value = Double.convert(capture: text).map(Float.init), value.isFinite, let value = value as? Value
            else { throw mismatch(type) }
            return value
        }
        if let convertible = type as? any LosslessStringConvertible.Type {
            guard let value = convertible.init(text) as? Value else { throw mismatch(type) }
            return value
        }
        // Enumerations with a raw value and other types that decode a single value.
        return try Value(from: self)
    }

    private func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "\"\(text)\" can't be converted"))
    }
}
