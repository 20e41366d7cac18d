import NIOCore

/// One field of an `application/x-www-form-urlencoded` body.
///
/// Source: WHATWG URL standard, "application/x-www-form-urlencoded parsing".
enum FormField {
    /// The value of the first field `name`: `+` is a blank, `%XX` a byte; a lone `%` stands for itself.
    static func value(of name: String, in body: ByteBuffer) -> ByteBuffer? {
        let ampersand = UInt8(ascii: "&")
        // No list of the fields: a body may be nothing but separators.
        var rest = body.readableBytesView
        while !rest.isEmpty {
            let field = rest.prefix { $0 != ampersand }
            if field.starts(with: name.utf8) {
                let tail = field.dropFirst(name.utf8.count)
                if tail.first == UInt8(ascii: "=") { return decode(tail.dropFirst()) }
            }
            rest = rest.dropFirst(field.count + 1)
        }
        return nil
    }

    private static func decode(_ text: ByteBufferView) -> ByteBuffer {
        var output = ByteBufferAllocator().buffer(capacity: text.count)
        text.withUnsafeBytes { bytes in
            var start = 0
            var index = 0
            while index < bytes.count {
                let byte: UInt8
                var length = 1
                if bytes[index] == UInt8(ascii: "+") {
                    byte = 0x20
                } else if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                    let high = nibble(bytes[index + 1]), let low = nibble(bytes[index + 2])
                {
                    byte = high << 4 | low
                    length = 3
                } else {
                    index += 1
                    continue
                }
                output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                output.writeInteger(byte)
                index += length
                start = index
            }
            output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count]))
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
