package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Base64 as clients send it: with or without padding, with either alphabet, with blanks and line ends anywhere, as Node.js's
/// `Buffer.from` accepts it.
package enum Base64Text {
    /// `prefix`, followed by the bytes as padded base64.
    package static func encode(_ bytes: some Collection<UInt8>, behind prefix: StaticString) -> ByteBuffer {
        let encoded = Data(bytes).base64EncodedData()
        var text = ByteBufferAllocator().buffer(capacity: encoded.count + 2)
        text.writeStaticString(prefix)
        text.writeBytes(encoded)
        return text
    }

    /// The decoded bytes; nil if the text has a character that isn't of base64.
    package static func decode(_ text: some Collection<UInt8>) -> ByteBuffer? {
        // Nearly all text is standard base64 in one piece.
        if let bytes = Data(base64Encoded: Data(text)) { return ByteBuffer(bytes: bytes) }
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            // The encoders of Java and Android write a line end after every 76 characters and at the end.
            case UInt8(ascii: "="), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "\t"): break
            default: standard.append(byte)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(standard)).map { ByteBuffer(bytes: $0) }
    }
}
