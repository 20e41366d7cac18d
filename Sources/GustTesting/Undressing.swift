import GustWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Takes payloads out of the dress a transport puts them in, as a browser would by running it.
enum Undressing {
    /// The string that a script hands to its callback: `io.j[7]("…");`, `___eio[7]("…");`, `io.JSONP[7]._("…");`.
    static func script(_ text: String) throws -> ByteBuffer {
        guard let start = text.firstIndex(of: "\""), let end = text.lastIndex(of: "\""), start < end else {
            throw TestError.unexpected(text)
        }
        return ByteBuffer(string: try JSONDecoder().decode(String.self, from: Data(text[start...end].utf8)))
    }

    /// The strings of the whole script elements in `page`, which is left with what is behind them.
    static func elements(_ page: inout ByteBuffer) throws -> [ByteBuffer] {
        var payloads: [ByteBuffer] = []
        while let element = take(upTo: "</script>", from: &page) {
            // The page begins with an element that defines a function, and with markup.
            let start = String(
                buffer: element.getSlice(at: element.readerIndex, length: min(element.readableBytes, 300)) ?? element
            )
            guard start.contains("<script>"), !start.contains("function") else { continue }
            payloads.append(try script(String(buffer: element)))
        }
        return payloads
    }

    /// The bodies of the whole parts in `text`, which is left with what is behind them: each is followed by the boundary.
    static func parts(_ text: inout ByteBuffer) -> [ByteBuffer] {
        var payloads: [ByteBuffer] = []
        while var part = take(upTo: "\n--socketio\n", from: &text) {
            // In front of the first part's fields stands the first boundary.
            if take(upTo: "\n\n", from: &part) != nil { payloads.append(part) }
        }
        return payloads
    }

    /// Takes what is in front of `mark` out of `bytes`, and `mark` away; nil if that isn't there.
    private static func take(upTo mark: StaticString, from bytes: inout ByteBuffer) -> ByteBuffer? {
        let length = mark.utf8CodeUnitCount
        let position = bytes.withUnsafeReadableBytes { bytes -> Int? in
            guard bytes.count >= length else { return nil }
            let first = mark.utf8Start[0]
            for start in 0...bytes.count - length where bytes[start] == first {
                var index = 1
                while index < length, bytes[start + index] == mark.utf8Start[index] { index += 1 }
                if index == length { return start }
            }
            return nil
        }
        guard let position, let slice = bytes.readSlice(length: position) else { return nil }
        bytes.moveReaderIndex(forwardBy: length)
        return slice
    }
}
