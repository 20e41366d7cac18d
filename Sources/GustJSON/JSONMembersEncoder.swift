/// Encodes the members of one object into the text.
struct JSONMembersEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writing: JSONWriting
    /// The frame of the object.
    let place: JSONFramePlace

    var codingPath: [any CodingKey] { writing.codingPath(to: Int(place.depth)) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        let nested = open(.object, key.stringValue)
        return KeyedEncodingContainer(JSONMembersEncoder<NestedKey>(writing: writing, place: nested))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONElementsEncoder(writing: writing, place: open(.array, key.stringValue))
    }

    func superEncoder() -> any Encoder {
        JSONValueEncoder(writing: writing, place: open(.value, JSONKey.parent.stringValue))
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        JSONValueEncoder(writing: writing, place: open(.value, key.stringValue))
    }

    private func open(_ kind: JSONWriting.Frame.Kind, _ key: String) -> JSONFramePlace {
        writing.beginMember(key, place) ? writing.open(kind) : .none
    }

    // MARK: Values

    /// Writes a member whose value can't fail.
    @inline(__always)
    private func member(_ key: Key, infallibly write: (JSONOutput) -> Void) {
        if writing.beginMember(key.stringValue, place) { write(writing.output) }
    }

    /// Writes a member, or nothing if that throws.
    @inline(__always)
    private func member(_ key: Key, attempting write: (JSONWriting) throws -> Void) throws {
        guard let mark = writing.mark(place) else { return }
        do {
            if writing.beginMember(key.stringValue, place) { try write(writing) }
        } catch {
            writing.takeBack(to: mark)
            throw error
        }
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try member(key, attempting: { try $0.write(value) })
    }

    func encode(_ value: Double, forKey key: Key) throws {
        try member(key, attempting: { try $0.write(value, $0.codingPath()) })
    }

    func encode(_ value: Float, forKey key: Key) throws {
        try member(key, attempting: { try $0.write(value, $0.codingPath()) })
    }

    func encodeNil(forKey key: Key) { member(key, infallibly: { $0.write("null") }) }
    func encode(_ value: Bool, forKey key: Key) { member(key, infallibly: { $0.write(value ? "true" : "false") }) }
    func encode(_ value: String, forKey key: Key) { member(key, infallibly: { $0.write(string: value) }) }
    func encode(_ value: Int, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int8, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int16, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int32, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int64, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt8, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt16, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt32, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt64, forKey key: Key) { member(key, infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int128, forKey key: Key) { member(key, infallibly: { $0.write(plain: String(value)) }) }
    func encode(_ value: UInt128, forKey key: Key) { member(key, infallibly: { $0.write(plain: String(value)) }) }
}
