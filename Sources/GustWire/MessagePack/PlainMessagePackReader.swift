import GustJSON

/// Reads MessagePack that consists of texts, integers, booleans, null, arrays and maps with texts as keys, and writes it as JSON.
///
/// Nearly all messages are like this, and one look at each byte is enough for them. At anything else, and at anything malformed, a
/// method returns nil: then ``MessagePack/json(_:maximumAttachments:)`` reads the bytes again from the beginning, and finds the reason.
package struct PlainMessagePackReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Reads from the beginning of `bytes`, which must stay valid.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    package var isAtEnd: Bool { position == bytes.count }

    // MARK: Single values

    /// The number of elements of an array.
    package mutating func array() -> Int? {
        guard let type = peek() else { return nil }
        if type & 0xF0 == 0x90 {
            position += 1
            return Int(type & 0x0F)
        }
        guard type == 0xDC || type == 0xDD else { return nil }
        position += 1
        return type == 0xDC ? integer(UInt16.self).map(Int.init) : integer(UInt32.self).map(Int.init)
    }

    /// The number of members of a map.
    package mutating func map() -> Int? {
        guard let type = peek() else { return nil }
        if type & 0xF0 == 0x80 {
            position += 1
            return Int(type & 0x0F)
        }
        guard type == 0xDE || type == 0xDF else { return nil }
        position += 1
        return type == 0xDE ? integer(UInt16.self).map(Int.init) : integer(UInt32.self).map(Int.init)
    }

    /// The bytes of a text, which may not be UTF-8.
    package mutating func textBytes() -> UnsafeRawBufferPointer? {
        guard let type = peek() else { return nil }
        let length: Int?
        switch type {
        case 0xA0...0xBF:
            position += 1
            length = Int(type & 0x1F)
        case 0xD9:
            position += 1
            length = integer(UInt8.self).map(Int.init)
        case 0xDA:
            position += 1
            length = integer(UInt16.self).map(Int.init)
        case 0xDB:
            position += 1
            length = integer(UInt32.self).map(Int.init)
        default: return nil
        }
        guard let length, length <= bytes.count - position else { return nil }
        defer { position += length }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    }

    /// A text.
    package mutating func text() -> String? {
        textBytes().flatMap { String(validating: $0.bindMemory(to: UInt8.self), as: UTF8.self) }
    }

    /// An integer that an `Int` holds.
    package mutating func integer() -> Int? {
        guard let type = peek() else { return nil }
        position += 1
        switch type {
        case 0x00...0x7F: return Int(type)
        case 0xE0...0xFF: return Int(Int8(bitPattern: type))
        case 0xCC: return integer(UInt8.self).map(Int.init)
        case 0xCD: return integer(UInt16.self).map(Int.init)
        case 0xCE: return integer(UInt32.self).map(Int.init)
        case 0xCF: return integer(UInt64.self).flatMap { Int(exactly: $0) }
        case 0xD0: return integer(Int8.self).map(Int.init)
        case 0xD1: return integer(Int16.self).map(Int.init)
        case 0xD2: return integer(Int32.self).map(Int.init)
        case 0xD3: return integer(Int64.self).map(Int.init)
        default:
            position -= 1
            return nil
        }
    }

    /// A boolean.
    package mutating func boolean() -> Bool? {
        guard let type = peek(), type & 0xFE == 0xC2 else { return nil }
        position += 1
        return type == 0xC3
    }

    // MARK: Any value

    /// Reads one value and appends it to `json`.
    ///
    /// - Parameters:
    ///   - json: the text.
    ///   - depth: how many arrays and maps the value is in.
    /// - Returns: nil if the value isn't plain; `json` has a part of it then.
    package mutating func value(into json: inout [UInt8], depth: Int) -> Void? {
        guard depth < JSONScanner.maximumDepth, let type = peek() else { return nil }
        switch type {
        case 0xA0...0xBF, 0xD9...0xDB: return string(into: &json)
        case 0xC0:
            position += 1
            json.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
        case 0xC2, 0xC3:
            position += 1
            json.append(contentsOf: type == 0xC3 ? "true".utf8 : "false".utf8)
        case 0x90...0x9F, 0xDC, 0xDD:
            guard let count = array() else { return nil }
            json.append(UInt8(ascii: "["))
            for index in 0..<count {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                guard value(into: &json, depth: depth + 1) != nil else { return nil }
            }
            json.append(UInt8(ascii: "]"))
        case 0x80...0x8F, 0xDE, 0xDF:
            guard let count = map() else { return nil }
            json.append(UInt8(ascii: "{"))
            for index in 0..<count {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                guard string(into: &json) != nil else { return nil }
                json.append(UInt8(ascii: ":"))
                guard value(into: &json, depth: depth + 1) != nil else { return nil }
            }
            json.append(UInt8(ascii: "}"))
        default:
            guard let number = integer() else { return nil }
            if (0..<10).contains(number) {
                json.append(UInt8(ascii: "0") + UInt8(number))
            } else {
                json.append(contentsOf: String(number).utf8)
            }
        }
        return ()
    }

    /// Reads a text that needs no escapes and appends it.
    private mutating func string(into json: inout [UInt8]) -> Void? {
        guard let text = textBytes(), PlainBytes.endOfPlainText(in: text, from: 0) == text.count else { return nil }
        // Text beyond ASCII is checked.
        if !PlainBytes.isASCII(text), String(validating: text.bindMemory(to: UInt8.self), as: UTF8.self) == nil {
            return nil
        }
        json.append(UInt8(ascii: "\""))
        json.append(contentsOf: text)
        json.append(UInt8(ascii: "\""))
        return ()
    }

    // MARK: Bytes

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard size <= bytes.count - position else { return nil }
        defer { position += size }
        return Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }
}
