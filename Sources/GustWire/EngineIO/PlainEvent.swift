import GustJSON

/// The parts of an event in its most common form, as ranges of the frame: `42["name",argument,…]`, perhaps with an id, and without blanks
/// between them, attachments, a namespace or an escape in the name.
///
/// Read in one pass without intermediate values. What this type reads, ``SocketIOPacketParser`` reads as the same event; any other frame,
/// and any error, is left to it.
struct PlainEvent {
    /// The bytes of the name between the quotes.
    let name: Range<Int>
    /// The id of the acknowledgement that the client requests.
    let id: Int?
    /// The arguments and the commas between them; empty for none.
    let arguments: Range<Int>

    /// The longest id in digits, so that it fits into an `Int`.
    private static let longestID = 18

    /// Reads a frame; nil if it isn't an event in this form.
    init?(_ bytes: UnsafeRawBufferPointer) {
        // The shortest one is `42["a"]`.
        guard bytes.count >= 7, bytes[0] == UInt8(ascii: "4"), bytes[1] == UInt8(ascii: "2") else { return nil }
        var position = 2
        var id: Int?
        while bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
            id = (id ?? 0) &* 10 &+ Int(bytes[position] &- UInt8(ascii: "0"))
            position += 1
            guard position < bytes.count - 4, position <= 2 + Self.longestID else { return nil }
        }
        guard bytes[position] == UInt8(ascii: "["), bytes[position + 1] == UInt8(ascii: "\"") else { return nil }
        let nameEnd = PlainBytes.endOfPlainText(in: bytes, from: position + 2)
        guard nameEnd + 1 < bytes.count, bytes[nameEnd] == UInt8(ascii: "\"") else { return nil }
        name = position + 2..<nameEnd
        guard !SocketIOPacketParser.isReserved(UnsafeRawBufferPointer(rebasing: bytes[name])) else { return nil }
        self.id = id
        var scanner = JSONScanner(bytes, at: nameEnd + 1)
        guard scanner.current == UInt8(ascii: ",") else {
            arguments = scanner.position..<scanner.position
            guard Self.isEnd(scanner, of: bytes) else { return nil }
            return
        }
        // A blank isn't part of the first argument.
        guard nameEnd + 2 < bytes.count, bytes[nameEnd + 2] > UInt8(ascii: " ") else { return nil }
        repeat {
            scanner.skip(1)
            guard scanner.skipPlainString() || (try? scanner.skipValue()) != nil else { return nil }
        } while scanner.current == UInt8(ascii: ",")
        arguments = nameEnd + 2..<scanner.position
        guard Self.isEnd(scanner, of: bytes) else { return nil }
    }

    /// Whether the closing bracket is here and the last byte.
    private static func isEnd(_ scanner: JSONScanner, of bytes: UnsafeRawBufferPointer) -> Bool {
        scanner.position == bytes.count - 1 && scanner.current == UInt8(ascii: "]")
    }
}
