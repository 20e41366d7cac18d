/// Encodes into one node.
struct TemplateValueEncoder: Encoder, SingleValueEncodingContainer {
    let node: EncodedNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.beginMembers()
        return KeyedEncodingContainer(MembersEncoding<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.beginElements()
        return ElementsEncoding(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { node.set(.null) }
    func encode(_ value: Bool) { node.set(TemplateValue(.bool(value))) }
    func encode(_ value: String) { node.set(TemplateValue(.text(value))) }
    func encode(_ value: Double) { node.set(TemplateValue(.number(value))) }
    func encode(_ value: Float) { node.set(TemplateValue(.text("\(value)"))) }
    func encode(_ value: Int) { node.set(TemplateValue(.integer(value))) }
    func encode(_ value: Int8) { encode(integer: value) }
    func encode(_ value: Int16) { encode(integer: value) }
    func encode(_ value: Int32) { encode(integer: value) }
    func encode(_ value: Int64) { encode(integer: value) }
    func encode(_ value: Int128) { encode(integer: value) }
    func encode(_ value: UInt) { encode(integer: value) }
    func encode(_ value: UInt8) { encode(integer: value) }
    func encode(_ value: UInt16) { encode(integer: value) }
    func encode(_ value: UInt32) { encode(integer: value) }
    func encode(_ value: UInt64) { encode(integer: value) }
    func encode(_ value: UInt128) { encode(integer: value) }

    func encode(_ value: some Encodable) throws {
        node.set(try TemplateEncoding.value(of: value, path: codingPath, depth: node.depth))
    }

    private func encode(integer value: some FixedWidthInteger) {
        node.set(TemplateValue(Int(exactly: value).map { .integer($0) } ?? .text("\(value)")))
    }
}

/// Encodes the members of an object.
private struct MembersEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodedNode
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { node.member(key.stringValue).set(.null) }

    func encode(_ value: String, forKey key: Key) { node.member(key.stringValue).set(TemplateValue(.text(value))) }
    func encode(_ value: Int, forKey key: Key) { node.member(key.stringValue).set(TemplateValue(.integer(value))) }
    func encode(_ value: Bool, forKey key: Key) { node.member(key.stringValue).set(TemplateValue(.bool(value))) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        let member = node.member(key.stringValue)
        member.set(try TemplateEncoding.value(of: value, path: codingPath + [key], depth: member.depth))
    }

    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
        // A member without a value has a name, so that a strict template may name it.
        guard let value else { return encodeNil(forKey: key) }
        try encode(value, forKey: key)
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try present(value, key) }

    private func present(_ value: (some Encodable)?, _ key: Key) throws {
        guard let value else { return encodeNil(forKey: key) }
        try encode(value, forKey: key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        inner(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { inner(key).unkeyedContainer() }

    func superEncoder() -> any Encoder {
        TemplateValueEncoder(node: node.member("super"), codingPath: codingPath)
    }

    func superEncoder(forKey key: Key) -> any Encoder { inner(key) }

    private func inner(_ key: Key) -> TemplateValueEncoder {
        TemplateValueEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }
}

/// Encodes the elements of a list.
private struct ElementsEncoding: UnkeyedEncodingContainer {
    let node: EncodedNode
    let codingPath: [any CodingKey]
    var count: Int { node.count }

    func encodeNil() { node.element().set(.null) }

    func encode(_ value: some Encodable) throws {
        let element = node.element()
        element.set(try TemplateEncoding.value(of: value, path: codingPath, depth: element.depth))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        inner().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { inner().unkeyedContainer() }

    func superEncoder() -> any Encoder { inner() }

    private func inner() -> TemplateValueEncoder {
        TemplateValueEncoder(node: node.element(), codingPath: codingPath)
    }
}
