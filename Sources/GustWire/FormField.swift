import NIOCore

/// One field of an `application/x-www-form-urlencoded` body.
///
/// Source: WHATWG URL standard, "application/x-www-form-urlencoded parsing".
enum FormField {
    /// The value of the first field called `name`: `+` is a blank, `%XX` a byte, any other `%` itself.
    static func value(of name: String, in body: ByteBuffer) -> ByteBuffer? {
        var name = name
        return name.withUTF8 { name in
            body.withUnsafeReadableBytes { bytes in
                // The fields are not collected in a list: a body may consist of separators.
                var start = 0
                while start < bytes.count {
                    let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
                    let field = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                    if field.count > name.count, field[name.count] == UInt8(ascii: "="), field.starts(with: name) {
                        return decode(UnsafeRawBufferPointer(rebasing: field[(name.count + 1)...]))
                    }
                    start = end + 1
                }
                return nil
            }
        }
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        var output = ByteBufferAllocator().buffer(capacity: bytes.count)
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count) { target in
            var count = 0
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                    let high = nibble(bytes[index + 1]), let low = nibble(bytes[index + 2])
                {
                    target[count] = high << 4 | low
                    index += 3
                } else {
                    target[count] = byte == UInt8(ascii: "+") ? 0x20 : byte
                    index += 1
                }
                count += 1
            }
            return count
        }
        return output
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
