/// Text that is compared and hashed by the bytes of its UTF-8: a key for text that comes from outside.
///
/// `String` is compared and hashed by canonical equivalence: `é` and `e` with a combining accent are one key of a
/// `[String: Value]`, although a file system, a browser and every other server tell them apart. Two values of this type
/// are equal if, and only if, their bytes are.
///
/// ```swift
/// var rooms: [ByteText: Room] = [:]
/// rooms[ByteText(name)] = room
/// ```
public struct ByteText: Sendable, ExpressibleByStringLiteral {
    /// The text.
    public let string: String

    /// Takes a text as it is.
    public init(_ string: String) {
        self.string = string
    }

    /// Takes a text as it is.
    public init(stringLiteral value: String) {
        string = value
    }

    /// Takes a text with its letters of ASCII in lower case, for names that are compared without case of ASCII letters
    /// (field names, tokens, hosts); all other bytes stay as they are.
    package init(lowercasingASCII text: some StringProtocol) {
        string = text.lowercasedASCII()
    }
}

extension ByteText: Hashable, Comparable {
    /// Whether both have the same bytes.
    public static func == (left: ByteText, right: ByteText) -> Bool { left.string.hasSameBytes(as: right.string) }

    /// Whether the bytes of `left` come first, compared one after the other.
    public static func < (left: ByteText, right: ByteText) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isDone == nil { for byte in string.utf8 { hasher.combine(byte) } }
        // No byte of UTF-8: so that two texts in a row don't hash as one.
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

    /// The text as a key, so that a dictionary with keys of this type is encoded as one with strings.
    public var codingKey: any CodingKey { Key(stringValue: string) }

    /// Takes the text of a key.
    public init?(codingKey: some CodingKey) {
        string = codingKey.stringValue
    }

    /// Reads a string.
    public init(from decoder: any Decoder) throws {
        string = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
