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

    /// The strings of the whole script elements in `page`, and how many of its characters they end at.
    static func elements(_ page: Substring) throws -> (payloads: [ByteBuffer], rest: Substring) {
        var payloads: [ByteBuffer] = []
        var rest = page
        while let end = rest.firstRange(of: "</script>") {
            let element = rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
            guard let call = element.firstRange(of: "<script>"), !element.contains("function") else { continue }
            payloads.append(try script(String(element[call.upperBound...])))
        }
        return (payloads, rest)
    }

    /// The bodies of the whole parts in `text`: each is followed by the boundary.
    static func parts(_ text: Substring) -> (payloads: [ByteBuffer], rest: Substring) {
        var payloads: [ByteBuffer] = []
        var rest = text
        if rest.hasPrefix("--socketio\n") { rest = rest.dropFirst("--socketio\n".count) }
        while let end = rest.firstRange(of: "\n--socketio\n") {
            let part = rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
            if let blank = part.firstRange(of: "\n\n") {
                payloads.append(ByteBuffer(string: String(part[blank.upperBound...])))
            }
        }
        return (payloads, rest)
    }
}
