import GustWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds the shapes of types by decoding each once from a ``ShapeDecoder``, which has a value for everything that is asked for.
final class ShapeFinder {
    private(set) var table = ShapeTable()

    /// The shape of the values of a type.
    ///
    /// - Throws: ``ContractError`` if the type can't be decoded so, and isn't ``ShapeDescribed``.
    func shape(of type: any Decodable.Type) throws -> ValueShape {
        if let described = type as? any ShapeDescribed.Type { return described.shape }
        if let known = Self.known(type) { return known }
        if let wrapping = type as? any WrappingType.Type { return try wrapping.shape(by: self) }
        if let listed = type as? any (CaseIterable & Encodable).Type, let texts = try Self.texts(of: listed) {
            return .literals(texts)
        }
        if let name = table.name(of: type) { return .object(name) }
        return try decodedShape(of: type)
    }

    /// A value of a type, and its shape.
    func sample<Value: Decodable>(_ type: Value.Type) throws -> (value: Value, shape: ValueShape) {
        let shape = try shape(of: type)
        if let empty = (type as? any WrappingType.Type)?.empty as? Value { return (empty, shape) }
        if let known = Self.sample(of: type) as? Value { return (known, shape) }
        if let cases = type as? any CaseIterable.Type, let first = Self.firstCase(cases) as? Value {
            return (first, shape)
        }
        do {
            return (try Value(from: ShapeDecoder(self)), shape)
        } catch let error as ContractError {
            throw error
        } catch {
            throw ContractError(.noSample("\(type)"))
        }
    }

    private func decodedShape(of type: any Decodable.Type) throws -> ValueShape {
        let name = table.begin(type)
        let decoder = ShapeDecoder(self)
        do {
            _ = try type.init(from: decoder)
        } catch let error as ContractError {
            throw error
        } catch {
            // An enum with a raw value refuses the sample, but only after it has asked for the type of the raw value.
            guard case .value(let shape)? = decoder.record.content else {
                throw ContractError(.unknownShape("\(type)"))
            }
            table.forget(type)
            return shape
        }
        switch decoder.record.content {
        case .members(let members):
            table.add(name, members)
            return .object(name)
        case .elements(let elements):
            table.forget(type)
            return elements.count == 1 ? .array(elements[0]) : .tuple(elements)
        case .value(let shape):
            table.forget(type)
            return shape
        case nil:
            table.forget(type)
            return .any
        }
    }

    /// The shape of a type that the library encodes in a way of its own.
    private static func known(_ type: any Decodable.Type) -> ValueShape? {
        if type == String.self || type == UUID.self || type == URL.self { return .string }
        if type is any (FixedWidthInteger & Decodable).Type { return .integer }
        if type is any (BinaryFloatingPoint & Decodable).Type || type == Decimal.self { return .number }
        if type == Bool.self { return .boolean }
        if type == Data.self || type == ByteBuffer.self { return .bytes }
        if type == Date.self { return .date }
        return type == JSONSlice.self ? .any : nil
    }

    private static func sample(of type: any Decodable.Type) -> (any Sendable)? {
        if type == String.self { return "" }
        if type == UUID.self { return UUID() }
        if type == URL.self { return URL(string: "http://localhost/") }
        if let integer = type as? any (FixedWidthInteger & Decodable & Sendable).Type { return integer.zero }
        if let number = type as? any (BinaryFloatingPoint & Decodable & Sendable).Type { return number.zero }
        if type == Decimal.self { return Decimal(0) }
        if type == Bool.self { return false }
        if type == Data.self { return Data() }
        if type == ByteBuffer.self { return ByteBuffer() }
        if type == Date.self { return Date(timeIntervalSince1970: 0) }
        return type == JSONSlice.self ? JSONSlice.emptyObject : nil
    }

    private static func firstCase<Cases: CaseIterable>(_ type: Cases.Type) -> Any? { type.allCases.first }

    /// The JSON texts of all cases; nil unless all of them are strings or numbers.
    private static func texts<Cases: CaseIterable & Encodable>(of type: Cases.Type) throws -> [String]? {
        let texts = try type.allCases.map { try JSONSlice.encode($0).description }
        let isScalar = texts.allSatisfy { text in
            text.utf8.first != UInt8(ascii: "{") && text.utf8.first != UInt8(ascii: "[")
        }
        return isScalar && !texts.isEmpty ? texts : nil
    }
}

extension AdditiveArithmetic {
    /// Zero, of a type that is known at run time only.
    fileprivate static var zero: Self { .zero }
}
