/// Text that is compared and hashed by its UTF-8 bytes, for dictionary keys that come from outside of the program.
///
/// `String` is compared and hashed by canonical equivalence: `é` and `e` with a combining accent are one key of a
/// `[String: Value]`, although file systems, browsers and other servers treat them as different. Two values of this type
/// are equal if, and only if, their bytes are equal.
///
/// ```swift
/// var rooms: [ByteText: Room] = [:]
/// rooms[ByteText(name)] = room
/// ```
package struct ByteText: Sendable, ExpressibleByStringLiteral {
    /// The text.
    public let string: String

    /// Makes a value of `string`, unchanged.
    public init(_ string: String) {
        self.string = string
    }

    /// Makes a value of a string literal, unchanged.
    public init(stringLiteral value: String) {
        string = value
    }

    /// Makes a value of `text` with its ASCII letters in lower case; other bytes are unchanged.
    ///
    /// This is for names that are compared case-insensitively in ASCII: field names, tokens, hosts.
    package init(lowercasingASCII text: some StringProtocol) {
        string = text.lowercasedASCII()
    }
}

extension ByteText: Hashable, Comparable {
    /// Whether both texts have the same bytes.
    public static func == (left: ByteText, right: ByteText) -> Bool { left.string.hasSameBytes(as: right.string) }

    /// Whether `left` precedes `right` in the lexicographical order of their bytes.
    public static func < (left: ByteText, right: ByteText) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isDone == nil { for byte in string.utf8 { hasher.combine(byte) } }
        // FF is never a byte of UTF-8. It separates this text from a text that is hashed after it.
        hasher.combine(0xFF as UInt8)
    }
}

extension ByteText: CustomStringConvertible {
    /// The text.
    public var description: String { string }
}

extension ByteText: Codable, CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    /// The text as a coding key, so that dictionaries with these keys are encoded like dictionaries with `String` keys.
    public var codingKey: any CodingKey { Key(stringValue: string) }

    /// Makes a value of a coding key's text.
    public init?(codingKey: some CodingKey) {
        string = codingKey.stringValue
    }

    /// Decodes a value from a string.
    public init(from decoder: any Decoder) throws {
        string = try decoder.singleValueContainer().decode(String.self)
    }

    /// Encodes the text as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
