package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Placeholders of attachments in checked JSON text, found and replaced.
package enum AttachmentText {
    /// The text of `arguments` with its attachments in it, for generations whose wire has no bytes: each placeholder becomes a
    /// string of base64.
    ///
    /// A placeholder that also has other members, or names no attachment, is left alone.
    static func inline(_ arguments: Arguments) -> ByteBuffer {
        guard arguments.hasAttachments else { return arguments.text }
        let attachments = arguments.attachments
        return replacingPlaceholders(in: arguments.text) { number, output in
            guard attachments.indices.contains(number) else { return false }
            writeLiteral(attachments[number], into: &output)
            return true
        }
    }

    /// The text in which each placeholder is replaced by what `replace` writes for its number, unless it returns false.
    package static func replacingPlaceholders(
        in text: ByteBuffer,
        _ replace: (_ number: Int, _ output: inout ByteBuffer) -> Bool
    ) -> ByteBuffer {
        text.withUnsafeReadableBytes { bytes in
            // Nearly no text has one.
            guard bytes.contains(UInt8(ascii: "{")) else { return text }
            var output = ByteBuffer()
            var scanner = JSONScanner(bytes)
            var start = 0
            while let byte = scanner.current {
                let position = scanner.position
                if byte == UInt8(ascii: "{"), let (number, end) = placeholder(in: bytes, at: position) {
                    let length = output.writerIndex
                    output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
                    if replace(number, &output) {
                        start = end
                    } else {
                        output.moveWriterIndex(to: length)
                    }
                    scanner = JSONScanner(bytes, at: end)
                } else if byte == UInt8(ascii: "\"") {
                    do { try scanner.skipString() } catch { break }
                } else {
                    _ = scanner.take(byte)
                }
            }
            guard start > 0 else { return text }
            output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count]))
            return output
        }
    }

    /// Bytes as base64.
    static func base64(_ bytes: ByteBuffer) -> Data {
        Data(bytes.readableBytesView).base64EncodedData()
    }

    private static func writeLiteral(_ bytes: ByteBuffer, into output: inout ByteBuffer) {
        output.writeInteger(UInt8(ascii: "\""))
        output.writeBytes(base64(bytes))
        output.writeInteger(UInt8(ascii: "\""))
    }

    /// The number of the placeholder that begins at `position`, and where it ends.
    private static func placeholder(in bytes: UnsafeRawBufferPointer, at position: Int) -> (number: Int, end: Int)? {
        var scanner = JSONScanner(bytes, at: position)
        var number: Int?
        var isPlaceholder = false
        do throws(WireError) {
            guard scanner.take(UInt8(ascii: "{")) else { return nil }
            repeat {
                scanner.skipWhitespace()
                let key = scanner.position
                try scanner.skipString()
                let isNumber = bytes[key..<scanner.position].elementsEqual(#""num""#.utf8)
                guard isNumber || bytes[key..<scanner.position].elementsEqual(#""_placeholder""#.utf8) else {
                    return nil
                }
                scanner.skipWhitespace()
                guard scanner.take(UInt8(ascii: ":")) else { return nil }
                scanner.skipWhitespace()
                let value = scanner.position
                guard scanner.current != UInt8(ascii: "{"), scanner.current != UInt8(ascii: "[") else { return nil }
                try scanner.skipValue()
                let text = bytes[value..<scanner.position]
                if isNumber {
                    number = Int(String(decoding: text, as: UTF8.self))
                } else {
                    isPlaceholder = text.elementsEqual("true".utf8)
                }
                scanner.skipWhitespace()
            } while scanner.take(UInt8(ascii: ","))
        } catch {
            // Not the shape of a placeholder; the text was checked, so it is something else.
            return nil
        }
        guard scanner.take(UInt8(ascii: "}")), isPlaceholder, let number else { return nil }
        return (number, scanner.position)
    }
}
