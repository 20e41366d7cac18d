import GustJSON
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads MessagePack and writes it as JSON; bytes become attachments, and placeholders stand for them.
///
/// Clients use notepack.io, which writes `undefined`, dates and the bytes of an `ArrayBuffer` all as extension 0: `undefined` with the
/// type byte of one byte (0xD4), a date as milliseconds with that of eight bytes (0xD7), and bytes with a length (0xC7 to 0xC9).
/// Source: the specification of MessagePack (github.com/msgpack/msgpack, `spec.md`); notepack.io 2.3, `lib/encode.js` and
/// `lib/decode.js`.
struct MessagePackReader {
    private let bytes: ByteBuffer
    private let maximumAttachments: Int
    private(set) var attachments: [ByteBuffer] = []
    private var position = 0

    init(_ bytes: ByteBuffer, maximumAttachments: Int) {
        self.bytes = bytes.slice()
        self.maximumAttachments = maximumAttachments
    }

    /// Whether everything was read.
    var isAtEnd: Bool { position == bytes.readableBytes }

    // MARK: Single values

    /// The number of members, if a map stands here.
    mutating func readMap() throws(WireError) -> Int {
        let start = position
        let type = try byte()
        switch type {
        case 0x80...0x8F: return Int(type & 0x0F)
        case 0xDE: return Int(try integer(UInt16.self))
        case 0xDF: return try count(of: 2)
        default: throw WireError(.malformed, at: start)
        }
    }

    /// The number of elements, if an array stands here; nil, and nothing is read, if another value does.
    mutating func readArray() throws(WireError) -> Int? {
        switch try peek() {
        case let type where type & 0xF0 == 0x90:
            position += 1
            return Int(type & 0x0F)
        case 0xDC:
            position += 1
            return Int(try integer(UInt16.self))
        case 0xDD:
            position += 1
            return try count(of: 1)
        default: return nil
        }
    }

    /// The text, if a string stands here; nil, and nothing is read, if another value does.
    mutating func readString() throws(WireError) -> String? {
        let length: Int
        switch try peek() {
        case let type where type & 0xE0 == 0xA0:
            position += 1
            length = Int(type & 0x1F)
        case 0xD9:
            position += 1
            length = Int(try integer(UInt8.self))
        case 0xDA:
            position += 1
            length = Int(try integer(UInt16.self))
        case 0xDB:
            position += 1
            length = try count(of: 1)
        default: return nil
        }
        let start = position
        guard let text = String(validating: try slice(length).readableBytesView, as: UTF8.self) else {
            throw WireError(.invalidUTF8, at: start)
        }
        return text
    }

    /// The number, if an integer stands here that an `Int` holds; nil, and nothing is read, if another value does.
    mutating func readInteger() throws(WireError) -> Int? {
        let start = position
        let type = try byte()
        switch type {
        case 0x00...0x7F: return Int(type)
        case 0xE0...0xFF: return Int(Int8(bitPattern: type))
        case 0xCC: return Int(try integer(UInt8.self))
        case 0xCD: return Int(try integer(UInt16.self))
        case 0xCE: return Int(try integer(UInt32.self))
        case 0xCF: if let value = Int(exactly: try integer(UInt64.self)) { return value }
        case 0xD0: return Int(try integer(Int8.self))
        case 0xD1: return Int(try integer(Int16.self))
        case 0xD2: return Int(try integer(Int32.self))
        case 0xD3: return Int(try integer(Int64.self))
        default: break
        }
        position = start
        return nil
    }

    // MARK: Any value

    /// Reads one value and appends it to `json`.
    mutating func readValue(into json: inout ByteBuffer, depth: Int = 0) throws(WireError) {
        let start = position
        guard depth < JSONScanner.maximumDepth else { throw WireError(.tooDeep, at: start) }
        if let text = try readString() { return JSONText.write(text, into: &json) }
        if let number = try readInteger() {
            json.writeString(String(number))
            return
        }
        if let count = try readArray() {
            json.writeStaticString("[")
            for index in 0..<count {
                if index > 0 { json.writeStaticString(",") }
                try readValue(into: &json, depth: depth + 1)
            }
            json.writeStaticString("]")
            return
        }
        switch try peek() {
        case 0x80...0x8F, 0xDE, 0xDF: try readMembers(into: &json, depth: depth)
        default: try readScalar(into: &json)
        }
    }

    private mutating func readMembers(into json: inout ByteBuffer, depth: Int) throws(WireError) {
        json.writeStaticString("{")
        for index in 0..<(try readMap()) {
            if index > 0 { json.writeStaticString(",") }
            let start = position
            if let key = try readString() {
                JSONText.write(key, into: &json)
            } else if let key = try readInteger() {
                json.writeString("\"\(key)\"")
            } else {
                throw WireError(.malformed, at: start)
            }
            json.writeStaticString(":")
            try readValue(into: &json, depth: depth + 1)
        }
        json.writeStaticString("}")
    }

    private mutating func readScalar(into json: inout ByteBuffer) throws(WireError) {
        let start = position
        let type = try byte()
        switch type {
        case 0xC0: json.writeStaticString("null")
        case 0xC2: json.writeStaticString("false")
        case 0xC3: json.writeStaticString("true")
        case 0xC4: try attach(Int(try integer(UInt8.self)), into: &json)
        case 0xC5: try attach(Int(try integer(UInt16.self)), into: &json)
        case 0xC6: try attach(try count(of: 1), into: &json)
        case 0xCA: write(Double(Float(bitPattern: try integer(UInt32.self))), into: &json)
        case 0xCB: write(Double(bitPattern: try integer(UInt64.self)), into: &json)
        case 0xCF: json.writeString(String(try integer(UInt64.self)))
        case 0xC7: try readExtension(Int(try integer(UInt8.self)), isFixed: false, into: &json)
        case 0xC8: try readExtension(Int(try integer(UInt16.self)), isFixed: false, into: &json)
        case 0xC9: try readExtension(try count(of: 1), isFixed: false, into: &json)
        case 0xD4...0xD8: try readExtension(1 << Int(type - 0xD4), isFixed: true, into: &json)
        default: throw WireError(.malformed, at: start)
        }
    }

    private func write(_ number: Double, into json: inout ByteBuffer) {
        // JSON has no infinity, and JSON.stringify writes null for it.
        guard number.isFinite else {
            json.writeStaticString("null")
            return
        }
        if let integer = Int(exactly: number), integer.magnitude < 1 << 53 {
            json.writeString(String(integer))
        } else {
            json.writeString("\(number)")
        }
    }

    private mutating func attach(_ length: Int, into json: inout ByteBuffer) throws(WireError) {
        guard attachments.count < maximumAttachments else { throw WireError(.invalidAttachmentCount, at: position) }
        json.writeString(#"{"_placeholder":true,"num":\#(attachments.count)}"#)
        attachments.append(try slice(length))
    }

    private mutating func readExtension(
        _ length: Int,
        isFixed: Bool,
        into json: inout ByteBuffer
    ) throws(WireError) {
        let type = try integer(Int8.self)
        switch (type, length) {
        case (0, 1) where isFixed:
            _ = try byte()
            json.writeStaticString("null")
        case (0, 8) where isFixed:
            write(Date(timeIntervalSince1970: Double(try integer(Int64.self)) / 1_000), into: &json)
        case (-1, 4): write(Date(timeIntervalSince1970: Double(try integer(UInt32.self))), into: &json)
        case (-1, 8):
            let value = try integer(UInt64.self)
            let seconds = Double(value & 0x3_FFFF_FFFF) + Double(value >> 34) / 1e9
            write(Date(timeIntervalSince1970: seconds), into: &json)
        case (-1, 12):
            let nanoseconds = Double(try integer(UInt32.self))
            write(Date(timeIntervalSince1970: Double(try integer(Int64.self)) + nanoseconds / 1e9), into: &json)
        default: try attach(length, into: &json)
        }
    }

    private func write(_ date: Date, into json: inout ByteBuffer) {
        guard let text = ISO8601Text.text(date, hasFraction: true) else {
            json.writeStaticString("null")
            return
        }
        JSONText.write(text, into: &json)
    }

    // MARK: Bytes

    private func peek() throws(WireError) -> UInt8 {
        guard let byte = bytes.getInteger(at: position, as: UInt8.self) else {
            throw WireError(.malformed, at: position)
        }
        return byte
    }

    private mutating func byte() throws(WireError) -> UInt8 { try integer(UInt8.self) }

    private mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(WireError) -> Integer {
        guard let value = bytes.getInteger(at: position, as: type) else { throw WireError(.malformed, at: position) }
        position += MemoryLayout<Integer>.size
        return value
    }

    /// A length of four bytes, of things that have at least `size` bytes each: a greater one can't be true.
    private mutating func count(of size: Int) throws(WireError) -> Int {
        let start = position
        let count = Int(try integer(UInt32.self))
        guard count <= (bytes.readableBytes - position) / size else { throw WireError(.malformed, at: start) }
        return count
    }

    private mutating func slice(_ length: Int) throws(WireError) -> ByteBuffer {
        guard let slice = bytes.getSlice(at: position, length: length) else {
            throw WireError(.malformed, at: position)
        }
        position += length
        return slice
    }
}
