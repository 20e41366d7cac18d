import GustFraming
import GustHTTP
import NIOCore

/// Frames of the drafts hixie-75 and hixie-76: text between the bytes `00` and `FF`, the second of which UTF-8 never has.
///
/// A frame whose first byte is `80` or more has a length instead of an end, in groups of seven bits. The drafts define one
/// such frame only, the closing frame `FF 00` of hixie-76; other frames with a length are skipped, as are text frames that
/// begin with `01` to `7F`. Every read takes all bytes out of the buffer. The text of an incomplete frame is collected
/// here, and its UTF-8 is checked as it is received.
struct HixieFraming: WebSocketFraming {
    private static let textBegin: UInt8 = 0x00
    private static let textEnd: UInt8 = 0xFF
    private static let lengthMark: UInt8 = 0x80
    /// The first byte of the closing frame, whose length is 0.
    private static let closeMark: UInt8 = 0xFF
    /// The maximum number of bytes of a length: nine groups of seven bits.
    private static let maximumLengthBytes = 9

    private enum State {
        case between
        case text
        case otherText(length: Int)
        case length(type: UInt8, value: Int, byteCount: Int)
        case skipping(remaining: Int)
    }

    /// Whether `FF 00` is a closing frame (hixie-76); otherwise it is skipped like other frames with a length.
    let hasClosingHandshake: Bool
    private let maximumMessageSize: Int
    private var state = State.between
    /// The text received so far of a frame whose end has not been received.
    private var text = ByteBuffer()
    private var validator = UTF8Validator()

    init(hasClosingHandshake: Bool, maximumMessageSize: Int) {
        self.hasClosingHandshake = hasClosingHandshake
        self.maximumMessageSize = maximumMessageSize
    }

    // MARK: Reading

    mutating func read(
        _ buffer: ByteBuffer,
        into inputs: WebSocketInputs
    ) -> (consumed: Int, isInterrupted: Bool) {
        var rest = buffer
        while rest.readableBytes > 0 {
            do throws(WebSocketFailure) {
                guard let input = try readOne(&rest) else { continue }
                inputs.append(input)
            } catch {
                inputs.append(.failure(error.code))
                break
            }
        }
        return (buffer.readableBytes, false)
    }

    /// Reads until the next change of ``state``; returns a message if that completes one.
    private mutating func readOne(_ buffer: inout ByteBuffer) throws(WebSocketFailure) -> WebSocketInput? {
        switch state {
        case .between:
            guard let type: UInt8 = buffer.readInteger() else { return nil }
            if type == Self.textBegin { return try beginText(&buffer) }
            state = type < Self.lengthMark ? .otherText(length: 0) : .length(type: type, value: 0, byteCount: 0)
        case .text: return try continueText(&buffer)
        case .otherText(let length):
            let (count, isWhole) = Self.distanceToEnd(in: buffer)
            guard length + count <= maximumMessageSize else { throw WebSocketFailure(.messageTooBig) }
            buffer.moveReaderIndex(forwardBy: isWhole ? count + 1 : count)
            state = isWhole ? .between : .otherText(length: length + count)
        case .length(let type, let value, let byteCount):
            return try readLength(&buffer, type, value, byteCount)
        case .skipping(let remaining):
            let count = min(remaining, buffer.readableBytes)
            buffer.moveReaderIndex(forwardBy: count)
            state = count == remaining ? .between : .skipping(remaining: remaining - count)
        }
        return nil
    }

    private mutating func beginText(_ buffer: inout ByteBuffer) throws(WebSocketFailure) -> WebSocketInput? {
        let (count, isWhole) = Self.distanceToEnd(in: buffer)
        guard isWhole else {
            state = .text
            return try continueText(&buffer)
        }
        guard count <= maximumMessageSize else { throw WebSocketFailure(.messageTooBig) }
        guard let text = buffer.readSlice(length: count) else { return nil }
        buffer.moveReaderIndex(forwardBy: 1)
        guard text.withUnsafeReadableBytes(UTF8Validator.isValid) else { throw WebSocketFailure(.invalidPayload) }
        return .text(text)
    }

    private mutating func continueText(_ buffer: inout ByteBuffer) throws(WebSocketFailure) -> WebSocketInput? {
        let (count, isWhole) = Self.distanceToEnd(in: buffer)
        guard text.readableBytes + count <= maximumMessageSize else { throw WebSocketFailure(.messageTooBig) }
        guard var part = buffer.readSlice(length: count) else { return nil }
        guard part.withUnsafeReadableBytes({ validator.accept($0) }) else { throw WebSocketFailure(.invalidPayload) }
        text.writeBuffer(&part)
        guard isWhole else { return nil }
        buffer.moveReaderIndex(forwardBy: 1)
        guard validator.isComplete else { throw WebSocketFailure(.invalidPayload) }
        state = .between
        let whole = text
        text = ByteBuffer()
        return .text(whole)
    }

    private mutating func readLength(
        _ buffer: inout ByteBuffer,
        _ type: UInt8,
        _ value: Int,
        _ byteCount: Int
    ) throws(WebSocketFailure) -> WebSocketInput? {
        guard let byte: UInt8 = buffer.readInteger() else { return nil }
        let value = value << 7 | Int(byte & 0x7F)
        guard value <= maximumMessageSize else { throw WebSocketFailure(.messageTooBig) }
        guard byte < Self.lengthMark else {
            guard byteCount + 1 < Self.maximumLengthBytes else { throw WebSocketFailure(.protocolError) }
            state = .length(type: type, value: value, byteCount: byteCount + 1)
            return nil
        }
        state = value > 0 ? .skipping(remaining: value) : .between
        return type == Self.closeMark && value == 0 && hasClosingHandshake ? .close(nil, reason: "") : nil
    }

    /// The number of bytes in front of the next `FF`; all readable bytes if the buffer has no `FF`.
    private static func distanceToEnd(in buffer: ByteBuffer) -> (count: Int, isWhole: Bool) {
        buffer.withUnsafeReadableBytes { bytes in
            bytes.firstIndex(of: textEnd).map { ($0, true) } ?? (bytes.count, false)
        }
    }

    // MARK: Writing

    var isPlain: Bool { false }

    var carriesBinary: Bool { false }

    func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        into buffer: inout ByteBuffer
    ) throws(WebSocketError) {
        switch kind {
        case .text: try Self.writeText(payload, into: &buffer)
        case .binary: throw .binaryUnsupported
        case .close: if hasClosingHandshake { buffer.writeInteger(UInt16(0xFF00)) }
        case .ping, .pong: break
        }
    }

    func frame(of message: PreparedMessage) throws(WebSocketError) -> SharedFrame {
        guard message.isText else { throw .binaryUnsupported }
        return try message.frame(of: .hixie) { payload throws(WebSocketError) in
            var frame = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 2)
            try Self.writeText(payload, into: &frame)
            return frame
        }
    }

    private static func writeText(_ text: ByteBuffer, into buffer: inout ByteBuffer) throws(WebSocketError) {
        // UTF-8 has no FF. In bytes that aren't UTF-8, an FF would end the frame early, and the rest would be read as a
        // frame of its own.
        guard !distanceToEnd(in: text).isWhole else { throw .invalidText }
        buffer.writeInteger(textBegin)
        buffer.writeImmutableBuffer(text)
        buffer.writeInteger(textEnd)
    }
}
