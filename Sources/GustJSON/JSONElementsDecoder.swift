/// Decodes the elements of one array.
struct JSONElementsDecoder: UnkeyedDecodingContainer {
    let reading: JSONReading
    // Numbers of 32 bits, so that the container fits into an existential.
    private let array: UInt32
    /// The entry of the next element.
    private var next: UInt32
    private var position: UInt32 = 0

    init(reading: JSONReading, array: Int) {
        self.reading = reading
        self.array = UInt32(truncatingIfNeeded: array)
        next = self.array + 1
    }

    var codingPath: [any CodingKey] { reading.codingPath(of: Int(array)) }
    var count: Int? { Int(reading.tape[Int(reading.tape[Int(array)].link) - 1].start) }
    var isAtEnd: Bool { reading.tape[Int(next)].kind == .end }
    var currentIndex: Int { Int(position) }

    /// The next element, which is passed only if `read` doesn't throw.
    @inline(__always)
    private mutating func element<Value>(_ type: Any.Type, _ read: (JSONValueDecoder) throws -> Value) throws -> Value {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                .init(codingPath: codingPath + [JSONKey(currentIndex)], debugDescription: "the array is at its end")
            )
        }
        let value = try read(JSONValueDecoder(reading: reading, index: Int(next)))
        next = UInt32(truncatingIfNeeded: reading.end(of: Int(next)))
        position += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        // An element that isn't null isn't passed.
        guard !isAtEnd, reading.tape[Int(next)].kind != .null else {
            return try element(Never.self) { _ in true }
        }
        return false
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try element(KeyedDecodingContainer<NestedKey>.self) { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try element((any UnkeyedDecodingContainer).self) { try $0.elements() }
    }

    mutating func superDecoder() throws -> any Decoder { try element((any Decoder).self) { $0 } }

    // MARK: Values

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try element(type) { try $0.value(type) }
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try element(type) { try $0.boolean() } }
    mutating func decode(_ type: String.Type) throws -> String { try element(type) { try $0.string() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try element(type) { try $0.double() } }
    mutating func decode(_ type: Float.Type) throws -> Float { try element(type) { try $0.float() } }
    mutating func decode(_ type: Int.Type) throws -> Int { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try element(type) { try $0.integer(type) } }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try element(type) { try $0.integer(type) } }
}
