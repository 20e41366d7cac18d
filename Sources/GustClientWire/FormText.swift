package import NIOCore

/// Encodes a field of a form as browsers do (`application/x-www-form-urlencoded`).
package enum FormText {
    /// `name`, `=` and the encoded value.
    package static func field(_ name: String, _ value: String) -> ByteBuffer {
        var body = ByteBuffer(string: "\(name)=")
        var value = value
        value.withUTF8 { bytes in
            var start = 0
            // Runs of unreserved bytes are copied at once; copying byte by byte is slow for a megabyte.
            for index in bytes.indices where !isUnreserved(bytes[index]) {
                body.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<index]))
                write(bytes[index], into: &body)
                start = index + 1
            }
            body.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
        }
        return body
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "~"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func write(_ byte: UInt8, into body: inout ByteBuffer) {
        guard byte != UInt8(ascii: " ") else {
            body.writeInteger(UInt8(ascii: "+"))
            return
        }
        body.writeString("%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true))
    }
}
