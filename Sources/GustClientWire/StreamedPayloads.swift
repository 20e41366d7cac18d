package import GustWire
package import NIOCore

/// Takes the payloads out of a response that doesn't end, piece by piece: a page of script elements, or a multipart body.
///
/// Each byte is searched once, however the response is cut. After an error the rest of the response can't be read.
package struct StreamedPayloads {
    /// How the payloads follow each other.
    package enum Form: Sendable {
        /// Each payload is the argument of a call in a script element (htmlfile of 0.6 to 0.9).
        case scriptElements
        /// Each payload is a part of a multipart body, whose first line has the boundary (xhr-multipart of 0.6).
        case parts
    }

    /// The longest boundary (RFC 2046 §5.1.1), in bytes.
    private static let maximumBoundary = 70

    private let form: Form
    private let maximumLength: Int
    /// The bytes in front of which no payload is complete.
    private var rest = ByteBuffer()
    /// How many bytes of ``rest`` have been searched for ``mark``.
    private var searched = 0
    /// The bytes behind each payload; those behind the boundary until it has been read.
    private var mark: [UInt8]
    private var hasBoundary = false

    /// Begins a response.
    ///
    /// - Parameters:
    ///   - form: How the payloads follow each other.
    ///   - maximumLength: How many bytes may be kept while a payload isn't complete.
    package init(_ form: Form, maximumLength: Int) {
        self.form = form
        self.maximumLength = maximumLength
        mark = form == .scriptElements ? Array("</script>".utf8) : [UInt8(ascii: "\n")]
    }

    /// The number of bytes that are kept because their payload isn't complete.
    package var keptBytes: Int { rest.readableBytes }

    /// Reads the next bytes of the response, and calls `take` with each payload that is complete, in order.
    ///
    /// - Throws: ``WireError`` if the bytes aren't of this form, or if more bytes would be kept than allowed; `take` has been called with
    ///   the payloads in front of them.
    package mutating func read(_ bytes: ByteBuffer, _ take: (ByteBuffer) -> Void) throws(WireError) {
        if rest.readableBytes == 0 { rest = bytes } else { rest.writeImmutableBuffer(bytes) }
        while let piece = nextPiece() {
            switch form {
            case .scriptElements: if let payload = try Self.payload(ofElement: piece) { take(payload) }
            case .parts where hasBoundary: take(try Self.payload(ofPart: piece))
            case .parts: try begin(boundary: piece)
            }
        }
        guard rest.readableBytes <= maximumLength else { throw WireError(.tooLong, at: maximumLength) }
        // A small copy lets the memory of the payloads be released.
        if rest.readerIndex > 0 { rest = ByteBuffer(bytes: rest.readableBytesView) }
    }

    /// Removes the bytes up to the end of ``mark``, and returns those in front of it; nil if there is no mark yet.
    private mutating func nextPiece() -> ByteBuffer? {
        guard let position = Self.find(mark, in: rest, from: searched) else {
            // The last bytes may be the beginning of the mark.
            searched = max(0, rest.readableBytes - (mark.count - 1))
            return nil
        }
        searched = 0
        let piece = rest.readSlice(length: position)
        rest.moveReaderIndex(forwardBy: mark.count)
        return piece
    }

    private mutating func begin(boundary line: ByteBuffer) throws(WireError) {
        let bytes = line.readableBytesView
        guard bytes.starts(with: "--".utf8), (1...Self.maximumBoundary).contains(bytes.count - 2) else {
            throw WireError(.malformed)
        }
        mark = [UInt8(ascii: "\n")] + bytes + [UInt8(ascii: "\n")]
        hasBoundary = true
    }

    /// The payload of a part: what is behind the first empty line.
    private static func payload(ofPart part: ByteBuffer) throws(WireError) -> ByteBuffer {
        var part = part
        guard let end = find(Array("\n\n".utf8), in: part, from: 0) else { throw WireError(.malformed) }
        part.moveReaderIndex(forwardBy: end + 2)
        return part.slice()
    }

    /// The payload of a script element without its end; nil if the element calls nothing with a string.
    ///
    /// The page begins with markup, and in 0.9 with an element that defines the callback and has no string.
    private static func payload(ofElement element: ByteBuffer) throws(WireError) -> ByteBuffer? {
        var element = element
        let beginning = Array("<script>".utf8)
        guard let start = find(beginning, in: element, from: 0) else { throw WireError(.malformed) }
        element.moveReaderIndex(forwardBy: start + beginning.count)
        guard element.readableBytesView.contains(UInt8(ascii: "\"")) else { return nil }
        return try ScriptPayload.read(element)
    }

    /// The offset of the first `mark` at or behind an offset; nil if there is none.
    ///
    /// The first byte of each mark is at no other place in it, or the mark is two equal bytes, so that no byte is compared often.
    private static func find(_ mark: [UInt8], in buffer: ByteBuffer, from offset: Int) -> Int? {
        buffer.withUnsafeReadableBytes { bytes in
            var start = offset
            while start + mark.count <= bytes.count {
                var matched = 0
                while matched < mark.count, bytes[start + matched] == mark[matched] { matched += 1 }
                if matched == mark.count { return start }
                start += 1
            }
            return nil
        }
    }
}
