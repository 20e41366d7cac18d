import NIOCore

/// Encodes one value into the text.
struct JSONValueEncoder: JSONTextEncoder {
    let writing: JSONWriting
    /// The frame of the value.
    let place: JSONFramePlace

    var codingPath: [any CodingKey] { writing.codingPath(to: Int(place.depth)) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONMembersEncoder(writing: writing, place: writing.open(.object, in: place)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONElementsEncoder(writing: writing, place: writing.open(.array, in: place))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encode(json text: (inout [ByteBuffer]) -> ByteBuffer) {
        value { $0.output.write(text(&$0.attachments)) }
    }
}

extension JSONValueEncoder: SingleValueEncodingContainer {
    @inline(__always)
    private func value(_ write: (JSONWriting) throws -> Void) rethrows {
        guard writing.beginValue(place) else { return }
        try write(writing)
        writing.endValue(place)
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        guard writing.beginValue(place) else { return }
        if try writing.writeScalar(value, path: codingPath) {
            writing.endValue(place)
        } else {
            // The frame stays without a value, so that the value can open its container in it.
            try value.encode(to: self)
        }
    }

    func encodeNil() { value { $0.output.write("null") } }
    func encode(_ value: Bool) throws { self.value { $0.output.write(value ? "true" : "false") } }
    func encode(_ value: String) throws { self.value { $0.output.write(string: value) } }
    func encode(_ value: Double) throws { try self.value { try $0.write(value, codingPath) } }
    func encode(_ value: Float) throws { try self.value { try $0.write(value, codingPath) } }
    func encode(_ value: Int) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: Int8) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: Int16) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: Int32) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: Int64) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: UInt) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: UInt8) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: UInt16) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: UInt32) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: UInt64) throws { self.value { $0.output.write(integer: value) } }
    func encode(_ value: Int128) throws { self.value { $0.output.write(plain: String(value)) } }
    func encode(_ value: UInt128) throws { self.value { $0.output.write(plain: String(value)) } }
}
