import GustHTTP

/// Decodes values from the fields of a query or a form.
struct FieldDecoder: Decoder {
    let node: FieldNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(KeyedFields<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        ListedFields(elements: node.elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { SingleField(node: node, codingPath: codingPath) }
}

/// A key of a list.
struct ListKey: CodingKey {
    let intValue: Int?
    var stringValue: String { intValue.map { "\($0)" } ?? "" }

    init(intValue: Int) { self.intValue = intValue }

    init?(stringValue: String) { return nil }
}

/// The fields below a node, by their names.
struct KeyedFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let node: FieldNode
    let codingPath: [any CodingKey]

    var allKeys: [Key] { node.children.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { node[key.stringValue] != nil }

    func decodeNil(forKey key: Key) -> Bool { node[key.stringValue].map { SingleField.isNil($0) } ?? true }

    // A browser sends nothing for a box that isn't checked.
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        guard let child = node[key.stringValue] else { return false }
        return try FieldText.decode(type, from: child, codingPath + [key])
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let child = node[key.stringValue] else {
            // A list for which nothing was sent is empty, because a form can't send an empty list.
            if type is any EmptyList.Type {
                return try T(from: FieldDecoder(node: FieldNode(), codingPath: codingPath + [key]))
            }
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
        }
        return try FieldText.decode(type, from: child, codingPath + [key])
    }

    // A text that is empty is a text; for other types an empty field is nil.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try node[key.stringValue].map { try FieldText.decode(type, from: $0, codingPath + [key]) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(
            KeyedFields<Nested>(node: node[key.stringValue] ?? FieldNode(), codingPath: codingPath + [key])
        )
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        ListedFields(elements: node[key.stringValue]?.elements ?? [], codingPath: codingPath + [key])
    }

    func superDecoder() -> any Decoder { FieldDecoder(node: node, codingPath: codingPath) }

    func superDecoder(forKey key: Key) -> any Decoder {
        FieldDecoder(node: node[key.stringValue] ?? FieldNode(), codingPath: codingPath + [key])
    }
}

/// The types that are decoded from no field at all.
private protocol EmptyList {}
extension Array: EmptyList {}
extension Set: EmptyList {}

/// The values of a name, in order.
struct ListedFields: UnkeyedDecodingContainer {
    let elements: [FieldNode]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(elements: [FieldNode], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, SingleField.isNil(elements[currentIndex]) else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (node, path) = try next(type)
        return try FieldText.decode(type, from: node, path)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        let (node, path) = try next(type)
        return KeyedDecodingContainer(KeyedFields<Nested>(node: node, codingPath: path))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let (node, path) = try next([FieldNode].self)
        return ListedFields(elements: node.elements, codingPath: path)
    }

    mutating func superDecoder() throws -> any Decoder {
        let (node, path) = try next(FieldDecoder.self)
        return FieldDecoder(node: node, codingPath: path)
    }

    private mutating func next(_ type: Any.Type) throws -> (FieldNode, [any CodingKey]) {
        let path = codingPath + [ListKey(intValue: currentIndex)]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: ""))
        }
        defer { currentIndex += 1 }
        return (elements[currentIndex], path)
    }
}

/// One field.
struct SingleField: SingleValueDecodingContainer {
    let node: FieldNode
    let codingPath: [any CodingKey]

    /// Whether a field counts as nil: it has neither a text with bytes nor a file, and nothing below it.
    static func isNil(_ node: FieldNode) -> Bool {
        node.children.isEmpty && node.file == nil && node.text?.isEmpty ?? true
    }

    func decodeNil() -> Bool { Self.isNil(node) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try FieldText.decode(type, from: node, codingPath) }
}
