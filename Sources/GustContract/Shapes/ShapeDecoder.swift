/// A decoder that has a sample of everything that it is asked for, and records what that was.
struct ShapeDecoder: Decoder {
    /// What one value asked for.
    final class Record {
        enum Content {
            case members([ShapeTable.Member])
            case elements([ValueShape])
            case value(ValueShape)
        }

        var content: Content?

        func add(_ member: ShapeTable.Member) {
            guard case .members(var members)? = content else { return }
            guard !members.contains(where: { $0.name.utf8.elementsEqual(member.name.utf8) }) else { return }
            members.append(member)
            content = .members(members)
        }

        func add(_ element: ValueShape) {
            guard case .elements(let elements)? = content else { return }
            content = .elements(elements + [element])
        }

        func beginMembers() { if case .members? = content {} else { content = .members([]) } }
    }

    let finder: ShapeFinder
    let record = Record()
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(_ finder: ShapeFinder) { self.finder = finder }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        record.beginMembers()
        return KeyedDecodingContainer(ShapeMembers<Key>(finder: finder, record: record))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        record.content = .elements([])
        return Elements(finder: finder, record: record)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(finder: finder, record: record) }

    private struct Elements: UnkeyedDecodingContainer {
        let finder: ShapeFinder
        let record: Record
        let codingPath: [any CodingKey] = []
        let count: Int? = nil
        private(set) var currentIndex = 0

        init(finder: ShapeFinder, record: Record) {
            self.finder = finder
            self.record = record
        }

        /// A loop over all elements has one; a type that asks for a number of elements gets that many.
        var isAtEnd: Bool { currentIndex > 0 }

        mutating func decodeNil() -> Bool { false }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let (value, shape) = try finder.sample(type)
            record.add(shape)
            currentIndex += 1
            return value
        }

        mutating func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type
        ) -> KeyedDecodingContainer<NestedKey> {
            anyElement().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { anyElement().unkeyedContainer() }

        mutating func superDecoder() -> any Decoder { anyElement() }

        private mutating func anyElement() -> ShapeDecoder {
            record.add(.any)
            currentIndex += 1
            return ShapeDecoder(finder)
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let finder: ShapeFinder
        let record: Record
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            // The shape is recorded before the sample is made: an enum is known by its raw value, of which it refuses the sample.
            record.content = .value(try finder.shape(of: type))
            return try finder.sample(type).value
        }
    }
}
