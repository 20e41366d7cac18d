package import NIOCore

/// Encodes `Codable` values as JSON text, without Foundation's `JSONEncoder`.
///
/// Dates are ISO 8601 text of ``ISO8601Text``, `Decimal` is a number with all of its digits, and a whole `Double` has no fraction, as in JavaScript.
/// A type that encodes nothing is an empty object. Of members that are encoded twice the last one counts.
package enum JSONEncoding {
    /// Appends the text of a value.
    ///
    /// A type that goes on with an inner container after it used the outer one, or encodes a member twice, is encoded twice: the first
    /// text is thrown away.
    /// - Parameters:
    ///   - value: the value.
    ///   - style: the order of members, and the form of bytes.
    ///   - text: the text that is added to; unchanged if an error is thrown.
    ///   - attachments: what placeholders stand for, if the style attaches bytes; unchanged if an error is thrown.
    /// - Throws: `EncodingError` if JSON has no text for the value, such as for a number that isn't finite.
    package static func encode<Value: Encodable>(
        _ value: Value,
        _ style: JSONStyle,
        into text: inout ByteBuffer,
        attachments: inout [ByteBuffer]
    ) throws {
        let writing = JSONWriting(style, attachments: attachments)
        let root = writing.open(.value)
        try JSONValueEncoder(writing: writing, place: root).encode(value)
        guard !writing.needsTree else {
            return try encodeTree(value, style, into: &text, attachments: &attachments)
        }
        writing.close(above: -1)
        text.writeBytes(writing.output.bytes)
        if writing.attachments.count > attachments.count { attachments = writing.attachments }
    }

    /// The text of a value, in a style without attachments.
    ///
    /// - Throws: `EncodingError` if JSON has no text for the value.
    package static func encode(_ value: some Encodable, _ style: JSONStyle) throws -> ByteBuffer {
        var text = ByteBuffer()
        var none: [ByteBuffer] = []
        try encode(value, style, into: &text, attachments: &none)
        return text
    }

    /// Encodes by way of a tree, to which a type may add in any order.
    static func encodeTree<Value: Encodable>(
        _ value: Value,
        _ style: JSONStyle,
        into text: inout ByteBuffer,
        attachments: inout [ByteBuffer]
    ) throws {
        let writing = JSONWriting(style, attachments: attachments)
        let root = JSONNode(writing: writing, codingPath: [])
        try root.set(value)
        root.write(into: &text)
        attachments = writing.attachments
    }
}
