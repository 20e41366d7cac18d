import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The values that JSON has a form for by themselves.
extension JSONWriting {
    /// The deepest nesting: a value that refers to itself ends in an error, and not at the end of the stack.
    private static let maximumDepth = 512

    /// Writes a value of any type.
    ///
    /// - Throws: `EncodingError` if JSON has no text for the value, or it nests deeper than 512 levels; the error of the value.
    func write<Value: Encodable>(_ value: Value) throws {
        guard try !writeScalar(value, path: codingPath()) else { return }
        // A value and its object or array are two frames.
        guard frames.count < 2 * Self.maximumDepth else {
            let problem = "the value nests deeper than \(Self.maximumDepth) levels"
            throw EncodingError.invalidValue(value, .init(codingPath: codingPath(), debugDescription: problem))
        }
        let place = open(.value)
        try value.encode(to: JSONValueEncoder(writing: self, place: place))
        close(above: Int(place.depth) - 1)
    }

    /// Writes a value that needs no container.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - path: the keys and indices on the way to the value.
    /// - Returns: `false` if the type must encode the value itself.
    /// - Throws: `EncodingError` if JSON has no text for the value.
    func writeScalar<Value: Encodable>(_ value: Value, path: @autoclosure () -> [any CodingKey]) throws -> Bool {
        let type = Value.self
        if type == String.self {
            output.write(string: same(value))
        } else if type == Int.self {
            output.write(integer: same(value, Int.self))
        } else if type == Double.self {
            try write(same(value, Double.self), path())
        } else if type == Bool.self {
            output.write(same(value) ? "true" : "false")
        } else if type == [String].self {
            writeArray(same(value, [String].self)) { output.write(string: $0) }
        } else if type == [Int].self {
            writeArray(same(value, [Int].self)) { output.write(integer: $0) }
        } else if type == Date.self {
            try write(same(value, Date.self), path())
        } else if type == Data.self {
            write(same(value, Data.self))
        } else if type == Decimal.self {
            output.write(plain: same(value, Decimal.self).description)
        } else if type == URL.self {
            output.write(string: same(value, URL.self).absoluteString)
        } else if type == ByteBuffer.self, style.attachesBytes {
            attach(same(value))
        } else {
            return try writeNumber(value, path())
        }
        return true
    }

    /// Writes a number of a type that is rarely a value by itself.
    private func writeNumber<Value: Encodable>(
        _ value: Value,
        _ path: @autoclosure () -> [any CodingKey]
    ) throws -> Bool {
        switch ObjectIdentifier(Value.self) {
        case ObjectIdentifier(Int8.self): output.write(integer: same(value, Int8.self))
        case ObjectIdentifier(Int16.self): output.write(integer: same(value, Int16.self))
        case ObjectIdentifier(Int32.self): output.write(integer: same(value, Int32.self))
        case ObjectIdentifier(Int64.self): output.write(integer: same(value, Int64.self))
        case ObjectIdentifier(Int128.self): output.write(plain: String(same(value, Int128.self)))
        case ObjectIdentifier(UInt.self): output.write(integer: same(value, UInt.self))
        case ObjectIdentifier(UInt8.self): output.write(integer: same(value, UInt8.self))
        case ObjectIdentifier(UInt16.self): output.write(integer: same(value, UInt16.self))
        case ObjectIdentifier(UInt32.self): output.write(integer: same(value, UInt32.self))
        case ObjectIdentifier(UInt64.self): output.write(integer: same(value, UInt64.self))
        case ObjectIdentifier(UInt128.self): output.write(plain: String(same(value, UInt128.self)))
        case ObjectIdentifier(Float.self): try write(same(value, Float.self), path())
        default: return false
        }
        return true
    }

    /// The value as the type that it has.
    ///
    /// `unsafeBitCast`: callers have compared the types. `as?` would look at both types again.
    @inline(__always)
    private func same<Value, Known>(_ value: Value, _ type: Known.Type = Known.self) -> Known {
        unsafeBitCast(value, to: type)
    }

    @inline(__always)
    private func writeArray<Element>(_ values: [Element], _ writeElement: (Element) -> Void) {
        var separator = UInt8(ascii: "[")
        for value in values {
            output.write(separator)
            writeElement(value)
            separator = UInt8(ascii: ",")
        }
        if values.isEmpty { output.write(separator) }
        output.write(UInt8(ascii: "]"))
    }

    func write(_ double: Double, _ path: @autoclosure () -> [any CodingKey]) throws {
        guard double.isFinite else { throw Self.noText(for: double, path()) }
        output.write(double: double)
    }

    func write(_ float: Float, _ path: @autoclosure () -> [any CodingKey]) throws {
        guard float.isFinite else { throw Self.noText(for: float, path()) }
        output.write(float: float)
    }

    private func write(_ date: Date, _ path: @autoclosure () -> [any CodingKey]) throws {
        guard let text = ISO8601Text.text(date) else {
            // The error holds a number instead of the date, because `Date.description` traps for some dates.
            let seconds = date.timeIntervalSince1970
            throw EncodingError.invalidValue(
                seconds,
                .init(codingPath: path(), debugDescription: "a date must be in the years 0 to 9999, not at \(seconds)")
            )
        }
        output.write(string: text)
    }

    private func write(_ data: Data) {
        guard !style.attachesBytes else { return attach(ByteBuffer(bytes: data)) }
        output.write(UInt8(ascii: "\""))
        output.write(plain: data.base64EncodedString())
        output.write(UInt8(ascii: "\""))
    }

    private func attach(_ bytes: ByteBuffer) {
        output.write(#"{"_placeholder":true,"num":"#)
        output.write(integer: attachments.count)
        output.write(UInt8(ascii: "}"))
        attachments.append(bytes)
    }

    private static func noText(for value: Any, _ path: [any CodingKey]) -> EncodingError {
        .invalidValue(value, .init(codingPath: path, debugDescription: "JSON has no \(value)"))
    }
}
