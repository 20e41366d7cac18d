/// Reads JSON of a known shape in one pass, without building anything; its strings have no escapes.
///
/// At anything else, and at anything malformed, a method returns nil or ``Step/unusual``: then the text is read again by ``JSONObject``,
/// which finds the reason. The text must be UTF-8 already.
package struct PlainJSONReader {
    /// What stands behind the last member or element.
    package enum Step {
        /// A further member, with the bytes of its key, or a further element, without.
        case next(UnsafeRawBufferPointer)
        /// The end of the object or array.
        case end
        case unusual
    }

    private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    private let bytes: UnsafeRawBufferPointer
    private var scanner: JSONScanner

    /// Reads from the beginning of `bytes`, which must stay valid.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        scanner = JSONScanner(bytes)
    }

    /// Whether only blanks are left.
    package mutating func isAtEnd() -> Bool {
        scanner.skipWhitespace()
        return scanner.isAtEnd
    }

    // MARK: Objects and arrays

    /// Begins an object; its members follow with ``member(isFirst:)``.
    package mutating func beginObject() -> Void? { begin(UInt8(ascii: "{")) }

    /// Begins an array; its elements follow with ``element(isFirst:)``.
    package mutating func beginArray() -> Void? { begin(UInt8(ascii: "[")) }

    private mutating func begin(_ bracket: UInt8) -> Void? {
        scanner.skipWhitespace()
        return scanner.take(bracket) ? () : nil
    }

    /// Goes to the next member of an object, whose value must be read then.
    package mutating func member(isFirst: Bool) -> Step {
        scanner.skipWhitespace()
        if scanner.take(UInt8(ascii: "}")) { return .end }
        if !isFirst {
            guard scanner.take(UInt8(ascii: ",")) else { return .unusual }
            scanner.skipWhitespace()
        }
        guard let key = textBytes() else { return .unusual }
        scanner.skipWhitespace()
        return scanner.take(UInt8(ascii: ":")) ? .next(key) : .unusual
    }

    /// Goes to the next element of an array, which must be read then.
    package mutating func element(isFirst: Bool) -> Step {
        scanner.skipWhitespace()
        if scanner.take(UInt8(ascii: "]")) { return .end }
        if isFirst { return .next(Self.nothing) }
        return scanner.take(UInt8(ascii: ",")) ? .next(Self.nothing) : .unusual
    }

    /// The place of the elements that follow in an array, without its end, which is read too; empty for none.
    package mutating func remainingElements() -> Range<Int>? {
        var start: Int?
        var end = scanner.position
        while true {
            switch element(isFirst: false) {
            case .end: return (start ?? end)..<end
            case .unusual: return nil
            case .next:
                scanner.skipWhitespace()
                start = start ?? scanner.position
                do { try scanner.skipValue() } catch { return nil }
                end = scanner.position
            }
        }
    }

    // MARK: Values

    /// The bytes of a string.
    package mutating func textBytes() -> UnsafeRawBufferPointer? {
        scanner.skipWhitespace()
        let start = scanner.position + 1
        do { guard try !scanner.skipString() else { return nil } } catch { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<scanner.position - 1])
    }

    /// A string.
    package mutating func text() -> String? { textBytes().map { String(decoding: $0, as: UTF8.self) } }

    /// An integer that isn't negative.
    package mutating func integer() -> Int? {
        scanner.skipWhitespace()
        let start = scanner.position
        do { try scanner.skipValue() } catch { return nil }
        var number = 0
        // 18 digits can't overflow.
        guard scanner.position - start <= 18 else { return nil }
        for byte in bytes[start..<scanner.position] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// A boolean.
    package mutating func boolean() -> Bool? {
        scanner.skipWhitespace()
        let start = scanner.position
        do { try scanner.skipValue() } catch { return nil }
        let text = bytes[start..<scanner.position]
        return text.elementsEqual("true".utf8) ? true : text.elementsEqual("false".utf8) ? false : nil
    }
}
