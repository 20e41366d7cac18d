public import NIOCore

/// The arguments of an event or of an acknowledgement: JSON text that has been checked but not decoded, and the binary
/// attachments to which its placeholders refer.
public struct Arguments: Sendable {
    /// The elements joined by commas, without the brackets; empty for none.
    package var text: ByteBuffer
    /// Nil for nearly all: copying nothing costs less than copying an empty array, and arguments are copied on their way.
    private(set) var attached: AttachmentList?

    /// The binary attachments; `{"_placeholder":true,"num":n}` in the text stands for number n.
    public package(set) var attachments: [ByteBuffer] {
        get { attached?.buffers ?? [] }
        set { attached = newValue.isEmpty ? nil : AttachmentList(newValue) }
    }

    /// Whether there are binary attachments.
    package var hasAttachments: Bool { attached != nil }

    /// No arguments.
    public init() {
        text = ByteBuffer()
    }

    /// Arguments whose text was checked by the caller.
    package init(trusted text: consuming ByteBuffer) {
        self.text = text
    }

    /// Arguments whose text was checked by the caller, with their attachments.
    package init(trusted text: ByteBuffer, attachments: [ByteBuffer]) {
        self.text = text
        self.attachments = attachments
    }

    /// The number of arguments, which is counted on each call.
    public var count: Int {
        var count = 0
        forEachRange { _ in
            count += 1
            return true
        }
        return count
    }

    /// The argument number `index` as JSON, with the attachments to which it may refer; nil if there are fewer arguments.
    ///
    /// Each call searches the text from its beginning.
    public subscript(index: Int) -> JSONSlice? {
        var remaining = index
        var found: Range<Int>?
        forEachRange { range in
            if remaining == 0 { found = range }
            remaining -= 1
            return found == nil
        }
        guard let found else { return nil }
        return text.getSlice(at: text.readerIndex + found.lowerBound, length: found.count)
            .map { JSONSlice(trusted: $0, attached: attached) }
    }

    /// Decodes the argument number `index`.
    ///
    /// A missing argument is nil for an optional type, as `undefined` is in JavaScript.
    /// - Parameters:
    ///   - type: the type to decode; `ByteBuffer` and `Data` take an attachment, or base64 text.
    ///   - index: which argument.
    /// - Returns: the value.
    /// - Throws: An error with the number of the argument that is missing or has another type.
    public func decode<Value: Decodable>(_ type: Value.Type, at index: Int) throws -> Value {
        guard let element = self[index] else {
            if let absent = Optional<Any>.none as? Value { return absent }
            throw ArgumentError(index: index, expected: "\(type)", found: nil)
        }
        do {
            return try element.decode(type)
        } catch {
            let place = ArgumentError.place(of: error)
            throw ArgumentError(index: index, expected: "\(type)", found: element.description, place: place)
        }
    }

    /// Adds a value at the end; bytes in it (`ByteBuffer`, `Data`, also inside of others) become attachments, and dates text of
    /// ISO 8601, as `JSON.stringify` writes them.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded; nothing is added then.
    public mutating func append<Value: Encodable>(_ value: Value) throws {
        let end = text.writerIndex
        if let json = value as? JSONSlice { return append(json: json) }
        var list = attachments
        let attachmentCount = list.count
        if text.readableBytes > 0 { text.writeInteger(UInt8(ascii: ",")) }
        do {
            try ArgumentEncoder.encode(value, into: &text, attachments: &list)
        } catch {
            text.moveWriterIndex(to: end)
            throw error
        }
        guard list.count > attachmentCount else { return }
        if attachmentCount == 0, end > text.readerIndex,
            let before = text.getSlice(at: text.readerIndex, length: end - text.readerIndex),
            let value = text.getSlice(at: end, length: text.writerIndex - end)
        {
            text = Self.withoutLookalikes(before)
            text.writeImmutableBuffer(value)
        }
        attachments = list
    }

    /// Adds a value that is JSON already, byte for byte, with the attachments that it refers to.
    ///
    /// Its placeholders get the numbers that their attachments have in these arguments. An object that looks like a placeholder without an
    /// attachment becomes `null` if these arguments have attachments: a client would use the bytes of another value, or close
    /// the connection.
    public mutating func append(json: JSONSlice) {
        if json.hasAttachments, !hasAttachments { text = Self.withoutLookalikes(text) }
        if text.readableBytes > 0 { text.writeInteger(UInt8(ascii: ",")) }
        guard json.hasAttachments || hasAttachments else {
            text.writeImmutableBuffer(json.bytes)
            return
        }
        var list = attachments
        text.writeImmutableBuffer(json.text(addingAttachmentsTo: &list))
        attachments = list
    }

    /// The text in which no object looks like a placeholder.
    private static func withoutLookalikes(_ text: ByteBuffer) -> ByteBuffer {
        AttachmentText.replacingPlaceholders(in: text) { _, output in
            output.writeStaticString("null")
            return true
        }
    }

    /// Calls `body` with the range of each element, without blanks, until it returns false.
    func forEachRange(_ body: (Range<Int>) -> Bool) {
        text.withUnsafeReadableBytes { bytes in
            var scanner = JSONScanner(bytes)
            scanner.skipWhitespace()
            while !scanner.isAtEnd {
                let start = scanner.position
                do { try scanner.skipValue() } catch { return }
                guard body(start..<scanner.position) else { return }
                scanner.skipWhitespace()
                guard scanner.take(UInt8(ascii: ",")) else { return }
                scanner.skipWhitespace()
            }
        }
    }
}
