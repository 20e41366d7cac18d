/// Checks the placeholders of a binary packet: each must name one of the announced attachments, and there must be no more
/// placeholders than attachments.
///
/// Source: socket.io-parser 4.2, `reconstructPacket`: an object with `"_placeholder": true` whose `num` isn't an integer
/// from 0 to the number of attachments is refused. It accepts any number of placeholders of one attachment, which isn't safe here:
/// a handler that decodes them, or a codec that writes bytes in their place, would copy the attachment each time. No client
/// writes such a packet.
struct PlaceholderCheck {
    /// The number of attachments.
    private let count: Int
    private var found = 0

    init(count: Int) { self.count = count }

    /// An object whose end has not been reached.
    private struct Object {
        var isPlaceholder = false
        var number: Int?
    }

    /// Goes through JSON elements that have been validated; the placeholders of all calls are counted together.
    mutating func check(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        var open: [Object?] = []
        var scanner = JSONScanner(bytes)
        while let byte = scanner.current {
            switch byte {
            case UInt8(ascii: "{"):
                open.append(Object())
                _ = scanner.take(byte)
            case UInt8(ascii: "["):
                open.append(nil)
                _ = scanner.take(byte)
            case UInt8(ascii: "]"):
                _ = open.popLast()
                _ = scanner.take(byte)
            case UInt8(ascii: "}"):
                if case .some(.some(let object)) = open.popLast(), object.isPlaceholder {
                    guard let number = object.number, number >= 0, number < count, found < count else {
                        throw WireError(.invalidPlaceholder, at: scanner.position)
                    }
                    found += 1
                }
                _ = scanner.take(byte)
            case UInt8(ascii: "\""):
                try Self.readString(bytes, &scanner, &open)
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                _ = scanner.take(byte)
            default:
                try scanner.skipValue()
            }
        }
    }

    /// Reads a string; if it is the key `_placeholder` or `num`, reads the value of that member too.
    private static func readString(
        _ bytes: UnsafeRawBufferPointer,
        _ scanner: inout JSONScanner,
        _ open: inout [Object?]
    ) throws(WireError) {
        let start = scanner.position
        try scanner.skipString()
        let key = bytes[start..<scanner.position]
        scanner.skipWhitespace()
        guard case .some(.some(var object)) = open.last, scanner.take(UInt8(ascii: ":")) else { return }
        scanner.skipWhitespace()
        let value = scanner.position
        if key.elementsEqual(#""_placeholder""#.utf8) {
            guard scanner.current == UInt8(ascii: "t") else { return }
            try scanner.skipValue()
            object.isPlaceholder = true
        } else if key.elementsEqual(#""num""#.utf8), let first = scanner.current, first != UInt8(ascii: "{"),
            first != UInt8(ascii: "[")
        {
            try scanner.skipValue()
            object.number = Int(String(decoding: bytes[value..<scanner.position], as: UTF8.self))
        } else {
            return
        }
        open[open.count - 1] = object
    }
}
