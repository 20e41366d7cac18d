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
        let last = bytes.count - 1
        guard bytes[last] == UInt8(ascii: "]") else { return nil }
        var position = 2
        id = bytes[2] == UInt8(ascii: "[") ? nil : Self.readID(bytes, &position)
        guard bytes[position] == UInt8(ascii: "["), bytes[position + 1] == UInt8(ascii: "\"") else { return nil }
        let nameEnd = PlainBytes.endOfPlainText(in: bytes, from: position + 2)
        guard nameEnd < last, bytes[nameEnd] == UInt8(ascii: "\"") else { return nil }
        name = position + 2..<nameEnd
        guard !SocketIOPacketParser.isReserved(UnsafeRawBufferPointer(rebasing: bytes[name])) else { return nil }
        let start = nameEnd + 2
        guard start <= last else {
            // The closing bracket is behind the name.
            arguments = last..<last
            return
        }
        // A blank isn't part of the first argument.
        guard bytes[nameEnd + 1] == UInt8(ascii: ","), bytes[start] > UInt8(ascii: " "),
            Self.endOfArguments(bytes, from: start) == last
        else { return nil }
        arguments = start..<last
    }

    /// Reads the digits of an id; nil, and nothing is read, if there are none or too many.
    private static func readID(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        var value = 0
        var end = position
        while end < bytes.count - 4, end - position < longestID,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end])
        {
            value = value * 10 + Int(bytes[end] - UInt8(ascii: "0"))
            end += 1
        }
        guard end > position else { return nil }
        position = end
        return value
    }

    /// The end of one or more values with commas between them; nil if something else is there.
    private static func endOfArguments(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        // Most events have one argument, and most arguments are texts: what is between two quotes, and has none itself.
        let end = bytes.count - 1
        if end - start >= 2, bytes[start] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: "\""),
            PlainBytes.arePlain(UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<(end - 1)]))
        {
            return end
        }
        var scanner = JSONScanner(bytes, at: start)
        while true {
            guard (try? scanner.skipValue()) != nil else { return nil }
            guard scanner.take(UInt8(ascii: ",")) else { return scanner.position }
        }
    }
}
