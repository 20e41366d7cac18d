import GustWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Extracts payloads from the envelope of a transport, as a browser does by executing the scripts.
enum Unwrapping {
    /// The string that a script passes to its callback: `io.j[7]("…");`, `___eio[7]("…");`, `io.JSONP[7]._("…");`.
    static func script(_ text: String) throws -> ByteBuffer {
        let quote = UInt8(ascii: "\"")
        guard let start = text.utf8.firstIndex(of: quote), let end = text.utf8.lastIndex(of: quote), start < end else {
            throw TestError.unexpected(text)
        }
        return ByteBuffer(string: try JSONDecoder().decode(String.self, from: Data(text.utf8[start...end])))
    }

    /// Removes the complete script elements from `page`, and returns the strings that they pass to their callbacks.
    static func elements(_ page: inout ByteBuffer) throws -> [ByteBuffer] {
        var payloads: [ByteBuffer] = []
        while let element = take(upTo: "</script>", from: &page) {
            // The page begins with markup and with a script element that defines the callback.
            let start = String(
                buffer: element.getSlice(at: element.readerIndex, length: min(element.readableBytes, 300)) ?? element
            )
            guard start.utf8.contains("<script>".utf8), !start.utf8.contains("function".utf8) else { continue }
            payloads.append(try script(String(buffer: element)))
        }
        return payloads
    }

    /// Removes the complete parts, each of which ends with the boundary, from `text`, and returns their bodies.
    ///
    /// `boundary` is nil until the line in front of the first part, which contains the boundary, has been read.
    static func parts(_ text: inout ByteBuffer, boundary: inout String?) -> [ByteBuffer] {
        if boundary == nil { boundary = take(upTo: "\n", from: &text).map { "\n\(String(buffer: $0))\n" } }
        guard let boundary else { return [] }
        var payloads: [ByteBuffer] = []
        while var part = take(upTo: boundary, from: &text) {
            if take(upTo: "\n\n", from: &part) != nil { payloads.append(part) }
        }
        return payloads
    }

    /// Removes the bytes up to the end of `mark`, and returns those in front of `mark`; nil if `bytes`
    /// doesn't contain `mark`.
    private static func take(upTo mark: String, from bytes: inout ByteBuffer) -> ByteBuffer? {
        let mark = Array(mark.utf8)
        let length = mark.count
        let position = bytes.withUnsafeReadableBytes { bytes -> Int? in
            guard bytes.count >= length else { return nil }
            let first = mark[0]
            for start in 0...bytes.count - length where bytes[start] == first {
                var index = 1
                while index < length, bytes[start + index] == mark[index] { index += 1 }
                if index == length { return start }
            }
            return nil
        }
        guard let position, let slice = bytes.readSlice(length: position) else { return nil }
        bytes.moveReaderIndex(forwardBy: length)
        return slice
    }
}
