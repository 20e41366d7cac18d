/// Checks JSON text (RFC 8259) and writes down where its values are, in one pass and without recursion.
///
/// Entry 0 is a `null` that stands for a value that is missing; entry 1 is the value of the text.
struct JSONTapeBuilder: ~Copyable {
    /// The deepest nesting accepted.
    static let maximumDepth = 64
    /// The longest text accepted, in bytes: offsets have 32 bits.
    static let maximumLength = Int(Int32.max)

    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private(set) var tape: JSONTape

    /// - Parameters:
    ///   - bytes: text in UTF-8.
    ///   - position: where the value begins, possibly behind blanks.
    init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
        tape = JSONTape(textLength: bytes.count)
        tape.append(JSONTapeEntry(.null, start: 0, length: 0, link: 0))
    }

    /// Reads all of the text.
    ///
    /// - Throws: ``JSONTextError`` with the offset of the first byte that isn't part of JSON text.
    mutating func build() throws(JSONTextError) {
        // The opening entry of the innermost open object or array; 0 for none. Until it is closed, its `link` is the entry around
        // it, and its `length` is its ordinal.
        var container = 0
        var isObject = false
        var depth = 0
        var ordinal = 0
        value: while true {
            skipWhitespace()
            guard position < bytes.count else { throw problem() }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                try readString(.string, .escapedString, ordinal, container)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.maximumDepth else { throw JSONTextError(.tooDeep, at: position) }
                depth += 1
                isObject = byte == UInt8(ascii: "{")
                let opening = tape.count
                tape.append(
                    JSONTapeEntry(
                        isObject ? .object : .array,
                        ordinal: ordinal,
                        start: position,
                        length: ordinal,
                        link: container
                    )
                )
                container = opening
                ordinal = 0
                position += 1
                skipWhitespace()
                guard position < bytes.count, bytes[position] == byte + 2 else {
                    if isObject { try readKey() }
                    continue value
                }
                // `]` and `}` are two behind their opening brackets in ASCII. The loop below takes the bracket.
                ordinal = -1
            case UInt8(ascii: "t"):
                try readLiteral("true", .yes, ordinal, container)
            case UInt8(ascii: "f"):
                try readLiteral("false", .no, ordinal, container)
            case UInt8(ascii: "n"):
                try readLiteral("null", .null, ordinal, container)
            default:
                try readNumber(ordinal, container)
            }
            // A value has ended: go up as many levels as end with it.
            while depth > 0 {
                ordinal += 1
                skipWhitespace()
                guard position < bytes.count else { throw problem() }
                let byte = bytes[position]
                if byte == UInt8(ascii: ",") {
                    position += 1
                    if isObject {
                        skipWhitespace()
                        try readKey()
                    }
                    continue value
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw problem() }
                position += 1
                depth -= 1
                ordinal = close(&container, count: ordinal)
                isObject = container > 0 && tape[container].kind == .object
            }
            skipWhitespace()
            guard position == bytes.count else { throw problem() }
            return
        }
    }

    /// Ends an object or array.
    ///
    /// - Returns: its ordinal in what is around it, which becomes `container`.
    @inline(__always)
    private mutating func close(_ container: inout Int, count: Int) -> Int {
        let closed = container
        let opening = tape[closed]
        container = Int(opening.link)
        tape.append(JSONTapeEntry(.end, start: count, length: closed + 1, link: container))
        tape.entries[closed].link = UInt32(truncatingIfNeeded: tape.count)
        tape.entries[closed].length = UInt32(truncatingIfNeeded: position) &- opening.start
        return Int(opening.length)
    }

    // MARK: Parts of values

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < bytes.count, bytes[position] <= 0x20 {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    private mutating func readKey() throws(JSONTextError) {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw problem() }
        try readString(.key, .escapedKey, 0, 0)
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw problem() }
        position += 1
    }

    @inline(__always)
    private mutating func readString(
        _ plain: JSONTapeEntry.Kind,
        _ escaped: JSONTapeEntry.Kind,
        _ ordinal: Int,
        _ container: Int
    ) throws(JSONTextError) {
        let start = position + 1
        position = PlainBytes.endOfPlainText(in: bytes, from: start)
        guard position < bytes.count else { throw problem() }
        let isPlain = bytes[position] == UInt8(ascii: "\"")
        if !isPlain { try skipEscapes() }
        let kind = isPlain ? plain : escaped
        tape.append(JSONTapeEntry(kind, ordinal: ordinal, start: start, length: position - start, link: container))
        position += 1
    }

    /// Goes on to the quote that ends a string with escapes.
    private mutating func skipEscapes() throws(JSONTextError) {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else { throw problem() }
            position += 1
            switch bytes[position] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                position += 1
            case UInt8(ascii: "u"):
                position += 1
                for _ in 0..<4 {
                    guard position < bytes.count, Self.isHexadecimalDigit(bytes[position]) else { throw problem() }
                    position += 1
                }
            default: throw problem()
            }
            position = PlainBytes.endOfPlainText(in: bytes, from: position)
        }
        guard position < bytes.count else { throw problem() }
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private mutating func readLiteral(
        _ literal: StaticString,
        _ kind: JSONTapeEntry.Kind,
        _ ordinal: Int,
        _ container: Int
    ) throws(JSONTextError) {
        let length = literal.utf8CodeUnitCount
        let start = position
        for index in 0..<length {
            guard position < bytes.count, bytes[position] == literal.utf8Start[index] else { throw problem() }
            position += 1
        }
        tape.append(JSONTapeEntry(kind, ordinal: ordinal, start: start, length: length, link: container))
    }

    @inline(__always)
    private mutating func readNumber(_ ordinal: Int, _ container: Int) throws(JSONTextError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        var kind = JSONTapeEntry.Kind.integer
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            kind = .number
            position += 1
            try skipDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits()
        }
        tape.append(JSONTapeEntry(kind, ordinal: ordinal, start: start, length: position - start, link: container))
    }

    /// Skips one or more digits.
    @inline(__always)
    private mutating func skipDigits() throws(JSONTextError) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw problem() }
    }

    private func problem() -> JSONTextError { JSONTextError(.invalidJSON, at: position) }
}
