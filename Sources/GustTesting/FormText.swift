import NIOCore

/// A field of a form, percent-encoded as browsers do.
enum FormText {
    static func field(_ name: String, _ value: String) -> ByteBuffer {
        let digits = Array("0123456789ABCDEF".utf8)
        var body = ByteBuffer(string: "\(name)=")
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "~"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                body.writeInteger(byte)
            case UInt8(ascii: " "):
                body.writeInteger(UInt8(ascii: "+"))
            default:
                body.writeInteger(UInt8(ascii: "%"))
                body.writeInteger(digits[Int(byte >> 4)])
                body.writeInteger(digits[Int(byte & 15)])
            }
        }
        return body
    }
}
