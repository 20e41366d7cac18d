import GustJSON

/// Walks over JSON text (RFC 8259) and checks it, without building anything and without recursion.
///
/// One look at each byte; the open brackets of up to 64 levels are the bits of one word. The text must be UTF-8 already. The smallest steps
/// are always inlined, because a call costs more than they do.
struct JSONScanner {
    /// The deepest nesting accepted.
    static let maximumDepth = 64

    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    /// Begins at `position`.
    ///
    /// The pointer must outlive the scanner.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The byte at the position, or nil at the end.
    @inline(__always) var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Whether everything was read.
    @inline(__always) var isAtEnd: Bool { position >= bytes.count }

    /// Skips blanks.
    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// The range without the blanks at both ends.
    static func trim(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Takes `byte` if it stands here.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Skips one value.
    mutating func skipValue() throws(WireError) {
        var depth = 0
        var objects: UInt64 = 0
        value: while true {
            skipWhitespace()
            guard position < bytes.count else { throw WireError(.invalidJSON, at: position) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.maximumDepth else { throw WireError(.tooDeep, at: position) }
                let isObject = bytes[position] == UInt8(ascii: "{")
                position += 1
                objects = objects << 1 | (isObject ? 1 : 0)
                depth += 1
                skipWhitespace()
                guard take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    if isObject { try skipKey() }
                    continue value
                }
                objects >>= 1
                depth -= 1
            case UInt8(ascii: "t"): try skipLiteral("true")
            case UInt8(ascii: "f"): try skipLiteral("false")
            case UInt8(ascii: "n"): try skipLiteral("null")
            default: try skipNumber()
            }
            // A value has ended: go up as many levels as end with it.
            while depth > 0 {
                let isObject = objects & 1 == 1
                skipWhitespace()
                if take(UInt8(ascii: ",")) {
                    if isObject {
                        skipWhitespace()
                        try skipKey()
                    }
                    continue value
                }
                guard take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw WireError(.invalidJSON, at: position)
                }
                objects >>= 1
                depth -= 1
            }
            return
        }
    }

    /// Skips `count` bytes that the caller has looked at.
    @inline(__always)
    mutating func skip(_ count: Int) { position += count }

    /// Skips a string literal without escapes; skips nothing, and returns false, if something else is here.
    mutating func skipPlainString() -> Bool {
        guard current == UInt8(ascii: "\"") else { return false }
        let end = PlainBytes.endOfPlainText(in: bytes, from: position + 1)
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return false }
        position = end + 1
        return true
    }

    /// Skips a string literal; whether it has escapes.
    @discardableResult
    mutating func skipString() throws(WireError) -> Bool {
        guard take(UInt8(ascii: "\"")) else { throw WireError(.invalidJSON, at: position) }
        var hasEscapes = false
        while true {
            position = PlainBytes.endOfPlainText(in: bytes, from: position)
            guard position < bytes.count else { break }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return hasEscapes }
            guard byte == UInt8(ascii: "\\") else { throw WireError(.invalidJSON, at: position - 1) }
            hasEscapes = true
            try skipEscape()
        }
        throw WireError(.invalidJSON, at: position)
    }

    private mutating func skipEscape() throws(WireError) {
        guard position < bytes.count else { throw WireError(.invalidJSON, at: position) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard position < bytes.count, Self.isHexadecimalDigit(bytes[position]) else {
                    throw WireError(.invalidJSON, at: position)
                }
                position += 1
            }
        default:
            throw WireError(.invalidJSON, at: position - 1)
        }
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private mutating func skipKey() throws(WireError) {
        try skipString()
        skipWhitespace()
        guard take(UInt8(ascii: ":")) else { throw WireError(.invalidJSON, at: position) }
    }

    private mutating func skipLiteral(_ literal: StaticString) throws(WireError) {
        let length = literal.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw WireError(.invalidJSON, at: position) }
        for index in 0..<length where bytes[position + index] != literal.utf8Start[index] {
            throw WireError(.invalidJSON, at: position)
        }
        position += length
    }

    private mutating func skipNumber() throws(WireError) {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard skipDigits() > 0 else { throw WireError(.invalidJSON, at: start) }
        }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() > 0 else { throw WireError(.invalidJSON, at: start) }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw WireError(.invalidJSON, at: start) }
        }
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
            position += 1
        }
        return position - start
    }
}
