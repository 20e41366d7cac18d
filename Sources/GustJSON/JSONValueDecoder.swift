package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decodes one value of a text.
package struct JSONValueDecoder: Decoder {
    let reading: JSONReading
    /// The entry of the value.
    let index: Int

    /// The keys and indices on the way to the value, which are found when they are asked for.
    package var codingPath: [any CodingKey] { reading.codingPath(of: index) }

    /// Always empty.
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// What decodes bytes, if they aren't base64 text of RFC 4648.
    package var attachments: (any JSONAttachments)? { reading.attachments }

    /// The text of the value, in memory of its own.
    package var text: ByteBuffer {
        var entry = reading.tape[index]
        if entry.kind == .string || entry.kind == .escapedString {
            entry.start -= 1
            entry.length += 2
        }
        return index == 0 ? ByteBuffer(string: "null") : ByteBuffer(bytes: reading.text(entry))
    }

    /// Begins an object.
    ///
    /// - Throws: `DecodingError` if the value is something else.
    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try members(type))
    }

    func members<Key>(_ type: Key.Type) throws -> JSONMembersDecoder<Key> {
        guard reading.tape[index].kind == .object else { throw mismatch([String: Any].self) }
        reading.beginObject(index)
        return JSONMembersDecoder(reading: reading, object: index)
    }

    /// Begins an array.
    ///
    /// - Throws: `DecodingError` if the value is something else.
    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try elements() }

    func elements() throws -> JSONElementsDecoder {
        guard reading.tape[index].kind == .array else { throw mismatch([Any].self) }
        return JSONElementsDecoder(reading: reading, array: index)
    }

    /// The value itself.
    package func singleValueContainer() -> any SingleValueDecodingContainer { self }

    /// The text of a string; nil if the value is something else.
    package var stringIfPresent: String? {
        let entry = reading.tape[index]
        return entry.kind == .string || entry.kind == .escapedString ? reading.string(entry) : nil
    }

    // MARK: Values

    var isNull: Bool { reading.tape[index].kind == .null }

    func boolean() throws -> Bool {
        switch reading.tape[index].kind {
        case .yes: true
        case .no: false
        default: throw mismatch(Bool.self)
        }
    }

    @inline(__always)
    func string() throws -> String {
        let entry = reading.tape[index]
        guard entry.kind == .string || entry.kind == .escapedString else { throw mismatch(String.self) }
        return reading.string(entry)
    }

    @inline(__always)
    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
        let entry = reading.tape[index]
        if entry.kind == .integer, let value = JSONNumber.shortInteger(reading.text(entry)),
            let result = Integer(exactly: value)
        {
            return result
        }
        return try number(type) { JSONNumber.integer($0) }
    }

    func double() throws -> Double { try number(Double.self) { JSONNumber.double($0) } }

    func float() throws -> Float { try number(Float.self) { JSONNumber.float($0) } }

    @inline(__always)
    private func number<Number>(_ type: Number.Type, _ read: (UnsafeRawBufferPointer) -> Number?) throws -> Number {
        let entry = reading.tape[index]
        guard entry.kind == .integer || entry.kind == .number else { throw mismatch(type) }
        guard let value = read(reading.text(entry)) else {
            throw corrupted("the number doesn't fit into \(type)")
        }
        return value
    }

    /// A value of any type: the types that JSON has a form for by themselves, all others by their own implementation.
    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == String.self { return same(try string()) }
        if type == Int.self { return same(try integer(Int.self)) }
        if type == Double.self { return same(try double()) }
        if type == [String].self { return same(try array { try $0.string() }) }
        if type == [Int].self { return same(try array { try $0.integer(Int.self) }) }
        if type == [Double].self { return same(try array { try $0.double() }) }
        if type == Date.self { return same(try date()) }
        if type == Data.self { return same(try data()) }
        if type == Decimal.self { return same(try number(Decimal.self, JSONNumber.decimal)) }
        if type == URL.self { return same(try address()) }
        if type == ByteBuffer.self, let attachments { return same(try attachments.bytes(from: self)) }
        return try Value(from: self)
    }

    /// The value as the type that it has.
    ///
    /// `unsafeBitCast`: callers have compared the types. `as?` would look at both types again.
    @inline(__always)
    private func same<Known, Value>(_ value: Known) -> Value { unsafeBitCast(value, to: Value.self) }

    /// An array whose elements need no containers of their own.
    @inline(__always)
    private func array<Element>(_ read: (JSONValueDecoder) throws -> Element) throws -> [Element] {
        guard reading.tape[index].kind == .array else { throw mismatch([Any].self) }
        var values: [Element] = []
        values.reserveCapacity(Int(reading.tape[Int(reading.tape[index].link) - 1].start))
        var element = index + 1
        while reading.tape[element].kind != .end {
            values.append(try read(JSONValueDecoder(reading: reading, index: element)))
            element = reading.end(of: element)
        }
        return values
    }

    private func date() throws -> Date {
        guard let date = ISO8601Text.date(try string()) else {
            throw corrupted("a date must be ISO 8601 text, such as 2026-11-28T14:00:00Z")
        }
        return date
    }

    private func data() throws -> Data {
        if let attachments { return Data(try attachments.bytes(from: self).readableBytesView) }
        guard let data = Data(base64Encoded: try string()) else { throw corrupted("the text isn't base64") }
        return data
    }

    private func address() throws -> URL {
        guard let address = URL(string: try string()) else { throw corrupted("the text isn't a URL") }
        return address
    }

    // MARK: Errors

    /// A value that has the right form, but isn't one of the type.
    package func corrupted(_ description: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: description))
    }

    func mismatch(_ type: Any.Type) -> DecodingError {
        let form =
            switch reading.tape[index].kind {
            case .null: "null"
            case .yes, .no: "a boolean"
            case .number, .integer: "a number"
            case .array: "an array"
            case .object: "an object"
            default: "a string"
            }
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "expected \(type), found \(form)"
        )
        return isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}
