import GustHTTP
import NIOCore

/// Reads a request's body from the bytes after its head (RFC 9112 §6–§7).
///
/// No I/O.
struct HTTPBodyReader {
    /// What was read.
    enum Piece: Equatable {
        case bytes(ByteBuffer)
        case end
    }

    private enum State: Equatable {
        case length(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers(length: Int)
        case done
    }

    /// The longest line of a chunk's size with its extensions, and the longest trailer section, in bytes.
    private static let maximumLine = 256
    private static let maximumTrailers = 8 * 1_024
    private var state: State

    /// Makes the reader of a body; nil if the request has no body.
    init?(_ body: HTTPRequestHead.Body) {
        switch body {
        case .none: return nil
        case .length(let length): state = .length(remaining: length)
        case .chunked: state = .chunkSize
        }
    }

    /// The next piece, or nil if more bytes are needed.
    mutating func read(_ buffer: inout ByteBuffer) throws(HTTPParseError) -> Piece? {
        while true {
            switch state {
            case .length(let remaining):
                guard let bytes = take(remaining, &buffer) else { return nil }
                state = remaining == bytes.readableBytes ? .done : .length(remaining: remaining - bytes.readableBytes)
                return .bytes(bytes)
            case .chunk(let remaining):
                guard let bytes = take(remaining, &buffer) else { return nil }
                state =
                    remaining == bytes.readableBytes ? .chunkEnd : .chunk(remaining: remaining - bytes.readableBytes)
                return .bytes(bytes)
            case .chunkEnd:
                guard let line = try line(&buffer, limit: 2) else { return nil }
                guard line.readableBytes == 0 else { throw .bad("a chunk is longer than its size") }
                state = .chunkSize
            case .chunkSize:
                guard let line = try line(&buffer, limit: Self.maximumLine) else { return nil }
                let size = try Self.chunkSize(line)
                state = size == 0 ? .trailers(length: 0) : .chunk(remaining: size)
            case .trailers(let length):
                guard let line = try line(&buffer, limit: Self.maximumTrailers) else { return nil }
                guard line.readableBytes > 0 else {
                    state = .done
                    continue
                }
                // Trailers are read and dropped: a field in a trailer would bypass the checks of the head.
                guard length + line.readableBytes <= Self.maximumTrailers else {
                    throw .bad("the trailers are too long")
                }
                state = .trailers(length: length + line.readableBytes)
            case .done:
                return .end
            }
        }
    }

    private func take(_ count: Int, _ buffer: inout ByteBuffer) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        return buffer.readSlice(length: min(count, buffer.readableBytes))
    }

    /// A line without its CR LF; nil if the line is incomplete.
    private func line(_ buffer: inout ByteBuffer, limit: Int) throws(HTTPParseError) -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let newline = view.firstIndex(of: 0x0A) else {
            // The CR may have been received without its LF.
            guard view.count <= limit + 1 else { throw .bad("a chunk's line is too long") }
            return nil
        }
        let length = newline - view.startIndex
        guard length >= 1, length - 1 <= limit, view[newline - 1] == 0x0D else {
            throw .bad("a chunk's line doesn't end with CR LF, or is too long")
        }
        // Another server may read a lone CR as the end of the line.
        guard view[..<(newline - 1)].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .bad("a control character in a chunk's line")
        }
        let line = buffer.readSlice(length: length - 1)
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }

    private static func chunkSize(_ line: ByteBuffer) throws(HTTPParseError) -> Int {
        var size = 0
        var digits = 0
        let view = line.readableBytesView
        for (index, byte) in zip(view.indices, view) {
            let value: Int
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = Int(byte - UInt8(ascii: "a")) + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = Int(byte - UInt8(ascii: "A")) + 10
            case UInt8(ascii: ";") where digits > 0: return size
            case 0x20 where digits > 0, 0x09 where digits > 0:
                // Blanks are allowed in front of an extension only (RFC 9112 §7.1.1).
                guard view[index...].first(where: { !$0.isBlank }) == UInt8(ascii: ";") else {
                    throw .bad("a chunk's size is followed by blanks")
                }
                return size
            default: throw .bad("a chunk's size isn't hexadecimal")
            }
            digits += 1
            guard digits <= 15 else { throw .bad("a chunk's size is too large") }
            size = size << 4 | value
        }
        guard digits > 0 else { throw .bad("a chunk without a size") }
        return size
    }
}
