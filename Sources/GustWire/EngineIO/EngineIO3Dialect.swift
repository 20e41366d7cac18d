import NIOCore

/// How a client of Engine.IO 3 reads and writes text in polling bodies.
///
/// Before 2.0 the client for browsers wrote text in UTF-8 by itself, and the browser did so once more; it read bodies byte
/// by byte. All of them say the same revision, but their cache buster `t` shows more or less which one asks.
///
/// Source: engine.io-client 1.0 to 3.5 (`polling-xhr`, `polling`), engine.io-parser 1.0 to 2.2 for browsers.
enum EngineIO3Dialect: Sendable {
    /// As the protocol specifies: every client but those below.
    case standard
    /// A page with 2.x, which keeps to the document, or with 1.4 to 1.7, which doesn't: `t` is seven characters of the
    /// package `yeast`. Both read text rightly in a binary body.
    case page
    /// A page with 1.0 to 1.3, which reads text correctly from binary bodies only: `t` is milliseconds, a hyphen and a count.
    case earlyPage

    /// The dialect of the client that sends the cache buster `t`.
    init(timestamp: String?) {
        let text = timestamp?.utf8 ?? "".utf8
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        // Requests within the same millisecond have a point and a count after it.
        let word = text.prefix { $0 != UInt8(ascii: ".") }
        if parts.count == 2, parts[0].count == 13, !parts[1].isEmpty, parts.allSatisfy({ $0.allSatisfy(\.isDigit) }) {
            self = .earlyPage
        } else if word.count == 7, word.allSatisfy(\.isYeast), !word.allSatisfy(\.isDigit) {
            self = .page
        } else {
            self = .standard
        }
    }

    /// Whether frames are sent as a binary body, if the client can receive one.
    func asksForBytes(_ frames: [Frame]) -> Bool {
        self == .earlyPage
            || frames.contains { frame in
                switch frame {
                case .binary: true
                case .text(let text): self == .page && !text.readableBytesView.allSatisfy { $0 < 0x80 }
                }
            }
    }

    /// A packet of a text body, decoded as the client's application sent it.
    ///
    /// `Ã¼` from a page may be `ü` encoded twice by 1.7, or that very text from 2.x; the former is more likely, so it is assumed.
    func heard(_ packet: ByteBuffer) -> ByteBuffer {
        guard self != .standard else { return packet }
        return Self.undouble(packet) ?? packet
    }

    /// A packet of a text body in a form that all clients decode to the same text.
    ///
    /// What is beyond ASCII in a Socket.IO packet is in strings of its JSON, but for the names of namespaces, and may be
    /// escaped there. Any other message stays what it is.
    func said(_ packet: ByteBuffer) -> ByteBuffer {
        let bytes = packet.readableBytesView
        guard self != .standard, bytes.contains(where: { $0 >= 0x80 }),
            bytes.count > 2, bytes.first == UInt8(ascii: "4"), bytes[bytes.startIndex + 1].isDigit,
            let start = bytes.firstIndex(where: { Self.jsonBeginnings.contains($0) })
        else { return packet }
        var output = ByteBufferAllocator().buffer(capacity: packet.readableBytes * 2)
        output.writeBytes(bytes[..<start])
        for unit in String(decoding: bytes[start...], as: UTF8.self).utf16 {
            if let byte = UInt8(exactly: unit), byte < 0x80 {
                output.writeInteger(byte)
            } else {
                let digits = String(unit, radix: 16)
                output.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
        return output
    }

    private static let jsonBeginnings = Set("[{\"".utf8)

    /// The text whose UTF-8 bytes are the characters of `text`; nil if the characters are not such bytes.
    private static func undouble(_ text: ByteBuffer) -> ByteBuffer? {
        guard text.readableBytesView.contains(where: { $0 >= 0x80 }) else { return nil }
        var output = ByteBufferAllocator().buffer(capacity: text.readableBytes)
        var lead: UInt8?
        for byte in text.readableBytesView {
            if let high = lead {
                output.writeInteger(high << 6 | byte & 0x3F)
                lead = nil
            } else if byte < 0x80 {
                output.writeInteger(byte)
            } else if byte == 0xC2 || byte == 0xC3 {
                lead = byte & 0x03
            } else {
                // A character above U+00FF isn't a byte.
                return nil
            }
        }
        return UTF8Text.isValid(output) ? output : nil
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// Whether it is of the alphabet `0-9A-Za-z-_`.
    fileprivate var isYeast: Bool {
        isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z")) || self == UInt8(ascii: "-")
            || self == UInt8(ascii: "_")
    }
}
