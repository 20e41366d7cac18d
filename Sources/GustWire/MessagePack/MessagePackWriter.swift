import GustJSON
import NIOCore

/// Writes MessagePack of checked JSON; an attachment is written in place of each placeholder.
struct MessagePackWriter {
    private(set) var bytes = ByteBuffer()

    mutating func writeMap(_ count: Int) { writeHeader(count, fixed: 0x80, upTo: 16, wide: 0xDE) }

    mutating func writeArray(_ count: Int) { writeHeader(count, fixed: 0x90, upTo: 16, wide: 0xDC) }

    private mutating func writeHeader(_ count: Int, fixed: UInt8, upTo limit: Int, wide: UInt8) {
        if count < limit {
            bytes.writeInteger(fixed | UInt8(count))
        } else if count < 65_536 {
            bytes.writeInteger(wide)
            bytes.writeInteger(UInt16(count))
        } else {
            bytes.writeInteger(wide + 1)
            bytes.writeInteger(UInt32(count))
        }
    }

    mutating func write(_ text: String) {
        let count = text.utf8.count
        if count >= 32, count < 256 {
            bytes.writeInteger(UInt8(0xD9))
            bytes.writeInteger(UInt8(count))
        } else {
            writeHeader(count, fixed: 0xA0, upTo: 32, wide: 0xDA)
        }
        bytes.writeString(text)
    }

    mutating func write(_ number: Int) {
        switch number {
        case -32..<128: bytes.writeInteger(Int8(number))
        case 128..<256:
            bytes.writeInteger(UInt8(0xCC))
            bytes.writeInteger(UInt8(number))
        case 256..<65_536:
            bytes.writeInteger(UInt8(0xCD))
            bytes.writeInteger(UInt16(number))
        case 65_536..<(1 << 32):
            bytes.writeInteger(UInt8(0xCE))
            bytes.writeInteger(UInt32(number))
        case -128 ..< -32:
            bytes.writeInteger(UInt8(0xD0))
            bytes.writeInteger(Int8(number))
        case -32_768 ..< -128:
            bytes.writeInteger(UInt8(0xD1))
            bytes.writeInteger(Int16(number))
        case -(1 << 31) ..< -32_768:
            bytes.writeInteger(UInt8(0xD2))
            bytes.writeInteger(Int32(number))
        default:
            bytes.writeInteger(UInt8(0xD3))
            bytes.writeInteger(Int64(number))
        }
    }

    private mutating func write(binary: ByteBuffer) {
        let count = binary.readableBytes
        if count < 256 {
            bytes.writeInteger(UInt8(0xC4))
            bytes.writeInteger(UInt8(count))
        } else if count < 65_536 {
            bytes.writeInteger(UInt8(0xC5))
            bytes.writeInteger(UInt16(count))
        } else {
            bytes.writeInteger(UInt8(0xC6))
            bytes.writeInteger(UInt32(count))
        }
        bytes.writeImmutableBuffer(binary)
    }

    /// Writes JSON elements that are joined by commas, without a header; returns their number.
    mutating func write(elements: ByteBuffer, _ attachments: [ByteBuffer]) -> Int {
        elements.withUnsafeReadableBytes { json in
            var reader = JSONReader(json: json, scanner: JSONScanner(json), attachments: attachments)
            var count = 0
            reader.scanner.skipWhitespace()
            while !reader.scanner.isAtEnd {
                // The text was checked when it was made, so this doesn't fail; what can't be read is left out.
                do throws(WireError) { try reader.writeValue(into: &self) } catch { return count }
                count += 1
                reader.scanner.skipWhitespace()
                _ = reader.scanner.take(UInt8(ascii: ","))
                reader.scanner.skipWhitespace()
            }
            return count
        }
    }

    mutating func append(_ other: MessagePackWriter) { bytes.writeImmutableBuffer(other.bytes) }

    /// Walks over the JSON.
    private struct JSONReader {
        let json: UnsafeRawBufferPointer
        var scanner: JSONScanner
        let attachments: [ByteBuffer]

        mutating func writeValue(into output: inout MessagePackWriter) throws(WireError) {
            scanner.skipWhitespace()
            switch scanner.current {
            case UInt8(ascii: "\""): output.write(try readString())
            case UInt8(ascii: "{"): try writeObject(into: &output)
            case UInt8(ascii: "["):
                _ = scanner.take(UInt8(ascii: "["))
                var elements = MessagePackWriter()
                var count = 0
                scanner.skipWhitespace()
                while !scanner.take(UInt8(ascii: "]")) {
                    try writeValue(into: &elements)
                    count += 1
                    scanner.skipWhitespace()
                    _ = scanner.take(UInt8(ascii: ","))
                    scanner.skipWhitespace()
                }
                output.writeArray(count)
                output.append(elements)
            case UInt8(ascii: "t"):
                try scanner.skipValue()
                output.bytes.writeInteger(UInt8(0xC3))
            case UInt8(ascii: "f"):
                try scanner.skipValue()
                output.bytes.writeInteger(UInt8(0xC2))
            case UInt8(ascii: "n"):
                try scanner.skipValue()
                output.bytes.writeInteger(UInt8(0xC0))
            default: try writeNumber(into: &output)
            }
        }

        private mutating func readString() throws(WireError) -> String {
            let start = scanner.position
            try scanner.skipString()
            return JSONStringReader.read(UnsafeRawBufferPointer(rebasing: json[start..<scanner.position])) ?? ""
        }

        private mutating func writeNumber(into output: inout MessagePackWriter) throws(WireError) {
            let start = scanner.position
            try scanner.skipValue()
            let text = String(decoding: json[start..<scanner.position], as: UTF8.self)
            if let integer = Int(text) { return output.write(integer) }
            if let integer = UInt64(text) {
                output.bytes.writeInteger(UInt8(0xCF))
                output.bytes.writeInteger(integer)
            } else {
                output.bytes.writeInteger(UInt8(0xCB))
                output.bytes.writeInteger((Double(text) ?? 0).bitPattern)
            }
        }

        private mutating func writeObject(into output: inout MessagePackWriter) throws(WireError) {
            _ = scanner.take(UInt8(ascii: "{"))
            var members = MessagePackWriter()
            var count = 0
            var isPlaceholder = false
            var number: Int?
            scanner.skipWhitespace()
            while !scanner.take(UInt8(ascii: "}")) {
                let key = try readString()
                scanner.skipWhitespace()
                _ = scanner.take(UInt8(ascii: ":"))
                scanner.skipWhitespace()
                let start = scanner.position
                members.write(key)
                try writeValue(into: &members)
                let value = json[start..<scanner.position]
                if key.utf8.elementsEqual("_placeholder".utf8) { isPlaceholder = value.elementsEqual("true".utf8) }
                if key.utf8.elementsEqual("num".utf8) { number = Int(String(decoding: value, as: UTF8.self)) }
                count += 1
                scanner.skipWhitespace()
                _ = scanner.take(UInt8(ascii: ","))
                scanner.skipWhitespace()
            }
            if isPlaceholder, let number, attachments.indices.contains(number) {
                return output.write(binary: attachments[number])
            }
            output.writeMap(count)
            output.append(members)
        }
    }
}
