import HTTPTypes
import NIOCore

/// Takes a body in parts apart (RFC 2046 §5.1.1, RFC 7578).
///
/// No I/O: bytes in by ``receive(_:)``, events out by ``next()``. Lines end with CR LF and nothing else. A boundary at the
/// beginning of a line is one, whatever follows; what follows must be CR LF, perhaps behind blanks, or the two hyphens of
/// the end. What stands in front of the first boundary and behind the last is dropped.
///
/// It holds what it was given last, and at most a part's head or the beginning of a boundary of what was before.
struct MultipartParser {
    /// How long a part's head may be, in bytes.
    static let maximumHead = 8 * 1_024

    /// What was found.
    enum Event: Equatable {
        /// A part begins.
        case head(MultipartHead)
        /// The next bytes of the part, at least one.
        case bytes(ByteBuffer)
        /// The part is over.
        case endOfPart
        /// The last boundary was read; what follows doesn't matter.
        case end
    }

    private enum State {
        /// In front of the first boundary, or in a part's body.
        case content(isPart: Bool, isAtLineStart: Bool)
        /// Behind a boundary, on its line.
        case boundary(isPadded: Bool)
        /// In a part's head, of which so many bytes have no end.
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

    /// Takes the next bytes of the body.
    mutating func receive(_ bytes: ByteBuffer) {
        if case .end = state { return }
        guard buffer.readableBytes > 0 else {
            buffer = bytes
            return
        }
        // Otherwise an upload that always leaves a byte would stay in memory from its first one on.
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// What comes next; nil if more bytes are needed.
    ///
    /// - Throws: ``HTTPError``: 400 if the body isn't made as it should, 413 if it has too many parts or a part's head is
    ///   too long, 415 if a part is encoded. Then nothing more can be read.
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

    /// Whether the last boundary was read.
    var isAtEnd: Bool {
        if case .end = state { true } else { false }
    }

    /// Takes what can't belong to a boundary; empty if a boundary is here, which is taken then; nil if more is needed.
    private mutating func takeContent(_ isPart: Bool, _ isAtLineStart: Bool) -> ByteBuffer? {
        let (length, isWhole) = buffer.withUnsafeReadableBytes { bytes in
            // The line's beginning may be the body's or a head's, whose end has the CR LF already.
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

    /// Reads what is behind a boundary; false if more bytes are needed.
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
        "a boundary must be followed by CR LF, the last one by two hyphens"
    )

    private static let emptyLine: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    /// Reads a part's head with the empty line behind it.
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

    /// How much of `pattern` is at `offset`: nothing, its beginning where the bytes end, or all.
    fileprivate func match(_ pattern: ArraySlice<UInt8>, at offset: Int) -> Match {
        let bytes = self[offset...].prefix(pattern.count)
        guard pattern.starts(with: bytes) else { return .none }
        return bytes.count == pattern.count ? .whole : .beginning
    }
}
