public import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One JSON value as text that has been checked but not decoded.
///
/// A value that is only forwarded is never decoded: the bytes that are sent are the bytes that were received. A value that is an
/// argument of an event keeps the binary attachments to which its placeholders refer.
public struct JSONSlice: Sendable, Hashable, CustomStringConvertible {
    /// The text: one value in UTF-8, possibly with blanks around it.
    public let bytes: ByteBuffer
    /// The attachments that placeholders in the text may stand for; nil for nearly all.
    let attached: AttachmentList?

    /// Whether there are attachments that the text may refer to.
    package var hasAttachments: Bool { attached != nil }

    /// Checks text.
    ///
    /// - Throws: An error if it isn't UTF-8, isn't one JSON value, or nests deeper than 64 levels.
    public init(validating text: ByteBuffer) throws {
        try self.init(received: text)
    }

    /// Checks text of a peer.
    ///
    /// - Throws: ``WireError`` if it isn't UTF-8, isn't one JSON value, or nests deeper than 64 levels.
    package init(received text: ByteBuffer) throws(WireError) {
        guard UTF8Text.isValid(text) else { throw WireError(.invalidUTF8) }
        let checked = text.withUnsafeReadableBytes { bytes -> Result<Void, WireError> in
            var scanner = JSONScanner(bytes)
            do throws(WireError) {
                try scanner.skipValue()
                scanner.skipWhitespace()
                guard scanner.isAtEnd else { throw WireError(.invalidJSON, at: scanner.position) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try checked.get()
        bytes = text
        attached = nil
    }

    /// Wraps text that was checked, or made, by the caller.
    package init(trusted text: ByteBuffer) {
        self.init(trusted: text, attached: nil)
    }

    init(trusted text: ByteBuffer, attached: AttachmentList?) {
        bytes = text
        self.attached = attached
    }

    /// The same value with the text and the attachments that `body` makes of each.
    package func mapBuffers(_ body: (ByteBuffer) -> ByteBuffer) -> JSONSlice {
        JSONSlice(trusted: body(bytes), attached: attached.map { AttachmentList($0.buffers.map(body)) })
    }

    /// The text with placeholders for a list to which the attachments that it refers to are added.
    ///
    /// An object that looks like a placeholder and refers to nothing becomes `null`.
    func text(addingAttachmentsTo list: inout [ByteBuffer]) -> ByteBuffer {
        let own = attached?.buffers ?? []
        var places: [Int: Int] = [:]
        var added = list
        let text = AttachmentText.replacingPlaceholders(in: bytes) { number, output in
            guard own.indices.contains(number) else {
                output.writeStaticString("null")
                return true
            }
            let place = places[number] ?? added.count
            if places.updateValue(place, forKey: number) == nil { added.append(own[number]) }
            output.writeString(#"{"_placeholder":true,"num":\#(place)}"#)
            return true
        }
        list = added
        return text
    }

    /// Encodes a value.
    ///
    /// - Returns: its JSON text.
    /// - Throws: `EncodingError` if the value can't be encoded.
    public static func encode(_ value: some Encodable) throws -> JSONSlice {
        var arguments = Arguments()
        try arguments.append(value)
        guard !arguments.hasAttachments else {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(codingPath: [], debugDescription: "bytes have no place in plain JSON")
            )
        }
        return JSONSlice(trusted: arguments.text)
    }

    /// Decodes the value.
    ///
    /// - Parameter type: the type to decode.
    /// - Returns: the value.
    /// - Throws: `DecodingError` if the text is of another shape.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try ArgumentDecoder.decode(type, from: self, attached: attached)
    }

    /// The text.
    public var description: String { String(buffer: bytes) }
}
