public import NIOCore

/// The arguments of an event or of an acknowledgement: checked JSON text that nobody has decoded yet, and the binary
/// attachments that its placeholders point to.
public struct Arguments: Sendable {
    /// The elements joined by commas, without the brackets; empty for none.
    package var text: ByteBuffer
    /// Nil for nearly all: copying nothing costs less than copying an empty array, and arguments are copied on their way.
    private var attached: Attached?

    private final class Attached: Sendable {
        let list: [ByteBuffer]

        init(_ list: [ByteBuffer]) { self.list = list }
    }

    /// The binary attachments; `{"_placeholder":true,"num":n}` in the text stands for number n.
    public package(set) var attachments: [ByteBuffer] {
        get { attached?.list ?? [] }
        set { attached = newValue.isEmpty ? nil : Attached(newValue) }
    }

    /// Whether there are binary attachments.
    package var hasAttachments: Bool { attached != nil }

    /// No arguments.
    public init() {
        text = ByteBuffer()
    }

    /// Arguments whose text was checked by the caller.
    package init(trusted text: ByteBuffer, attachments: [ByteBuffer] = []) {
        self.text = text
        self.attachments = attachments
    }

    /// How many arguments there are; counted on each call.
    public var count: Int {
        var count = 0
        forEachRange { _ in
            count += 1
            return true
        }
        return count
    }

    /// The argument number `index` as JSON, or nil if there are fewer.
    ///
    /// Found from the front on each call.
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
            .map(JSONSlice.init(trusted:))
    }

    /// Decodes the argument number `index`.
    ///
    /// A missing argument is nil for an optional type, as `undefined` is in JavaScript.
    /// - Parameters:
    ///   - type: the type to decode; `ByteBuffer` and `Data` take an attachment, or base64 text.
    ///   - index: which argument.
    /// - Returns: the value.
    /// - Throws: ``ArgumentError`` that says which argument is missing or of another shape.
    public func decode<Value: Decodable>(_ type: Value.Type, at index: Int) throws -> Value {
        guard let element = self[index] else {
            if let absent = Optional<Any>.none as? Value { return absent }
            throw ArgumentError(index: index, expected: "\(type)", found: nil)
        }
        do {
            return try ArgumentDecoder.decode(type, from: element, attachments: attachments)
        } catch {
            throw ArgumentError(index: index, expected: "\(type)", found: element.description)
        }
    }

    /// Adds a value at the end; bytes in it (`ByteBuffer`, `Data`, also inside of others) become attachments.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded; nothing is added then.
    public mutating func append<Value: Encodable>(_ value: Value) throws {
        let end = text.writerIndex
        var list = attachments
        let attachmentCount = list.count
        if text.readableBytes > 0 { text.writeInteger(UInt8(ascii: ",")) }
        do {
            try ArgumentEncoder.encode(value, into: &text, attachments: &list)
        } catch {
            text.moveWriterIndex(to: end)
            throw error
        }
        if list.count > attachmentCount { attachments = list }
    }

    /// Adds a value that is JSON already, byte for byte.
    public mutating func append(json: JSONSlice) {
        if text.readableBytes > 0 { text.writeInteger(UInt8(ascii: ",")) }
        text.writeImmutableBuffer(json.bytes)
    }

    /// Calls `body` with the range of each element, without blanks, until it returns false.
    private func forEachRange(_ body: (Range<Int>) -> Bool) {
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
