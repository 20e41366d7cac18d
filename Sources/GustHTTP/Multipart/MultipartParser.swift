import HTTPTypes
import NIOCore

/// Parses a multipart body (RFC 2046 §5.1.1, RFC 7578).
///
/// The parser does no I/O: ``receive(_:)`` takes bytes, and ``next()`` returns events. Only CR LF ends a line. A delimiter is
/// recognised by its prefix at the beginning of a line. It must be followed by optional blanks and CR LF, or at the end by two
/// hyphens; other bytes are an error. Bytes before the first and after the last delimiter are ignored.
///
/// The parser buffers the bytes of the last ``receive(_:)``, and of earlier bytes at most a part's head or the beginning of
/// a delimiter.
struct MultipartParser {
    /// The maximum length of a part's head, in bytes.
    static let maximumHead = 8 * 1_024

    /// One event of a body.
    enum Event: Equatable {
        /// A part begins.
        case head(MultipartHead)
        /// The next bytes of the part, at least one.
        case bytes(ByteBuffer)
        /// The part ends.
        case endOfPart
        /// The last delimiter has been read; the rest of the body is ignored.
        case end
    }

    private enum State {
        /// Before the first delimiter, or in the body of a part.
        case content(isPart: Bool, isAtLineStart: Bool)
        /// In the line of a delimiter, after the delimiter; `isPadded` after blanks.
        case boundary(isPadded: Bool)
        /// In a part's head, whose first `searched` bytes don't contain its end.
        case head(searched: Int)
        case end
    }

    private let delimiter: [UInt8]
    private let maximumParts: Int
    private var state = State.content(isPart: false, isAtLineStart: true)
    private var buffer = ByteBuffer()
    private var parts = 0

    init(_ boundary: MultipartBoundary, maximumParts: Int) {
        delimiter = boundary.delimiter
        self.maximumParts = maximumParts
    }

    /// Appends the next bytes of the body.
    mutating func receive(_ bytes: ByteBuffer) {
        if case .end = state { return }
        guard buffer.readableBytes > 0 else {
            buffer = bytes
            return
        }
        // Without this, an upload whose pieces always leave an unread byte would be kept in memory as a whole.
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next event; nil if more bytes are needed.
    ///
    /// - Throws: ``HTTPError``: 400 if the body is malformed, 413 if it has too many parts or a part's head is too long, 415
    ///   if a part is encoded. After an error the parser must not be used.
    mutating func next() throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .content(let isPart, let isAtLineStart):
                guard let content = takeContent(isPart, isAtLineStart) else { return nil }
                guard isPart else { continue }
                return content.readableBytes > 0 ? .bytes(content) : .endOfPart
            case .boundary(let isPadded):
                guard try takeBoundaryLine(isPadded) else { return nil }
            case .head(let searched):
                guard let head = try takeHead(searched) else { return nil }
                state = .content(isPart: true, isAtLineStart: true)
                return .head(head)
            case .end:
                return .end
            }
        }
    }

    /// Whether the last delimiter has been read.
    var isAtEnd: Bool {
        if case .end = state { true } else { false }
    }

    /// Removes and returns the bytes before the next possible delimiter.
    ///
    /// - Returns: An empty buffer if a whole delimiter is next, which is removed; nil if more bytes are needed.
    private mutating func takeContent(_ isPart: Bool, _ isAtLineStart: Bool) -> ByteBuffer? {
        let (length, isWhole) = buffer.withUnsafeReadableBytes { bytes in
            // At the beginning of the body or after a head, the delimiter's CR LF isn't required.
            if isAtLineStart {
                let match = bytes.match(delimiter[2...], at: 0)
                if match != .none { return (0, match == .whole) }
            }
            var start = 0
            while let index = bytes.offset(of: 0x0D, from: start) {
                let match = bytes.match(delimiter[...], at: index)
                if match != .none { return (index, match == .whole) }
                start = index + 1
            }
            return (bytes.count, false)
        }
        if length > 0 {
            state = .content(isPart: isPart, isAtLineStart: false)
            return buffer.readSlice(length: length)
        }
        guard isWhole else { return nil }
        let isMarkedByLine = buffer.readableBytesView.first == 0x0D
        buffer.moveReaderIndex(forwardBy: delimiter.count - (isMarkedByLine ? 0 : 2))
        state = .boundary(isPadded: false)
        return ByteBuffer()
    }

    /// Reads the next bytes of a delimiter's line; `false` if more bytes are needed.
    private mutating func takeBoundaryLine(_ isPadded: Bool) throws(HTTPError) -> Bool {
        guard let first = buffer.readableBytesView.first else { return false }
        if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            buffer.moveReaderIndex(forwardBy: 1)
            state = .boundary(isPadded: true)
            return true
        }
        let isEnd = first == UInt8(ascii: "-") && !isPadded
        guard isEnd || first == 0x0D else { throw Self.brokenLine }
        guard buffer.readableBytes >= 2 else { return false }
        guard buffer.readableBytesView.dropFirst().first == (isEnd ? UInt8(ascii: "-") : 0x0A) else {
            throw Self.brokenLine
        }
        buffer.moveReaderIndex(forwardBy: 2)
        guard !isEnd else {
            state = .end
            buffer = ByteBuffer()
            return true
        }
        parts += 1
        guard parts <= maximumParts else {
            throw HTTPError(.contentTooLarge, "the body has more than \(maximumParts) parts")
        }
        state = .head(searched: 0)
        return true
    }

    private static let brokenLine = HTTPError(
        .badRequest,
        "a delimiter must be followed by CR LF, the last delimiter by two hyphens"
    )

    private static let emptyLine: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    /// Reads a part's head and the empty line after it; nil if more bytes are needed.
    private mutating func takeHead(_ searched: Int) throws(HTTPError) -> MultipartHead? {
        if searched == 0, buffer.readableBytesView.starts(with: Self.emptyLine.prefix(2)) {
            throw HTTPError(.badRequest, "a part has no head")
        }
        let length = buffer.withUnsafeReadableBytes { bytes -> Int? in
            var start = searched
            while let index = bytes.offset(of: 0x0D, from: start) {
                switch bytes.match(Self.emptyLine[...], at: index) {
                case .whole: return index
                case .beginning: return nil
                case .none: start = index + 1
                }
            }
            return nil
        }
        guard length ?? (buffer.readableBytes - 3) <= Self.maximumHead else {
            throw HTTPError(.contentTooLarge, "a part's head is longer than \(Self.maximumHead) bytes")
        }
        guard let length else {
            state = .head(searched: max(0, buffer.readableBytes - 3))
            return nil
        }
        let head = try MultipartHead(buffer.readableBytesView.prefix(length))
        buffer.moveReaderIndex(forwardBy: length + 4)
        return head
    }
}

extension UnsafeRawBufferPointer {
    fileprivate enum Match {
        case none, beginning, whole
    }

    /// Compares the bytes at `offset` with `pattern`: no match, the beginning of `pattern` up to the last byte, or all.
    fileprivate func match(_ pattern: ArraySlice<UInt8>, at offset: Int) -> Match {
        let bytes = self[offset...].prefix(pattern.count)
        guard pattern.starts(with: bytes) else { return .none }
        return bytes.count == pattern.count ? .whole : .beginning
    }
}
