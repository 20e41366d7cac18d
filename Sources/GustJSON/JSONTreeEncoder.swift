import NIOCore

/// Builds a tree of ``JSONNode`` from whatever an `Encodable` encodes.
///
/// It takes members and elements in any order, and the same member twice.
struct JSONTreeEncoder: JSONTextEncoder {
    private let node: JSONNode

    init(_ node: JSONNode) { self.node = node }

    var codingPath: [any CodingKey] { node.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.begin(isObject: true)
        return KeyedEncodingContainer(Members<Key>(node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.begin(isObject: false)
        return Elements(node: node)
    }

    func encode(json text: (inout [ByteBuffer]) -> ByteBuffer) { node.set(json: text) }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node) }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: JSONNode

        var codingPath: [any CodingKey] { node.codingPath }

        func encodeNil(forKey key: Key) { node.member(key).setNull() }

        func encode(_ value: some Encodable, forKey key: Key) throws { try node.set(value, forKey: key) }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy keyType: NestedKey.Type,
            forKey key: Key
        ) -> KeyedEncodingContainer<NestedKey> {
            JSONTreeEncoder(node.member(key)).container(keyedBy: keyType)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            JSONTreeEncoder(node.member(key)).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { JSONTreeEncoder(node.member(JSONKey.parent)) }

        func superEncoder(forKey key: Key) -> any Encoder { JSONTreeEncoder(node.member(key)) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let node: JSONNode

        var codingPath: [any CodingKey] { node.codingPath }

        var count: Int {
            if case .array(let elements) = node.value { elements.count } else { 0 }
        }

        func encodeNil() { node.element().setNull() }

        func encode(_ value: some Encodable) throws { try node.append(value) }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy keyType: NestedKey.Type
        ) -> KeyedEncodingContainer<NestedKey> {
            JSONTreeEncoder(node.element()).container(keyedBy: keyType)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            JSONTreeEncoder(node.element()).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { JSONTreeEncoder(node.element()) }
    }

    private struct Single: SingleValueEncodingContainer {
        let node: JSONNode

        var codingPath: [any CodingKey] { node.codingPath }

        func encodeNil() { node.setNull() }

        func encode(_ value: some Encodable) throws { try node.set(value) }
    }
}
