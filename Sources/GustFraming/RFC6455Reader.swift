import GustHTTP
import NIOCore

/// Reads the RFC 6455 frames in the bytes of one read.
struct RFC6455Reader: ~Copyable {
    /// The header of a frame.
    private struct Header {
        var isFinal: Bool
        var isCompressed: Bool
        var opcode: UInt8
        var length: Int
        var mask: UInt32
        var size: Int
    }

    /// A message that isn't complete yet.
    ///
    /// An object, because few connections ever have one: its absence costs one word.
    final class Collected {
        let isText: Bool
        let isCompressed: Bool
        var bytes = ByteBuffer()
        var fragmentCount = 0
        var validator = UTF8Validator()
        /// The number of payload bytes that are missing from the current frame.
        var remaining = 0
        var isFinal = false
        var mask: UInt32 = 0

        init(isText: Bool, isCompressed: Bool) {
            self.isText = isText
            self.isCompressed = isCompressed
        }
    }

    private typealias Opcode = RFC6455Framing.Opcode

    /// The number of received payload bytes that allow one fragment more than the limit of fragments.
    private static let fairFragmentSize = 64

    /// The number of decompressed bytes after which reading stops, so that the loop can serve other connections.
    ///
    /// A read of 64 KiB can contain 60 messages that decompress to 1 MiB each. The last message may exceed this number.
    static let maximumInflated = 1 << 20

    /// The end that reads: frames to a server are masked, frames to a client aren't (RFC 6455 §5.1).
    let role: WebSocketRole
    let limits: (size: Int, fragments: Int)
    /// Decompresses messages; nil if compression wasn't negotiated, so that RSV1 is an error (RFC 7692 §6).
    let deflate: MessageDeflate?
    private let bytes: UnsafeRawBufferPointer
    /// The memory for the payloads of whole messages, as long as `bytes`; what is behind ``payloadEnd`` is free for other payloads.
    private let payloads: UnsafeMutableRawBufferPointer
    private(set) var payloadEnd = 0
    private let inputs: WebSocketInputs
    private(set) var collected: Collected?
    private var inflated = 0

    init(
        role: WebSocketRole,
        limits: (size: Int, fragments: Int),
        deflate: MessageDeflate?,
        bytes: UnsafeRawBufferPointer,
        payloads: UnsafeMutableRawBufferPointer,
        inputs: WebSocketInputs,
        collected: Collected?
    ) {
        self.role = role
        self.limits = limits
        self.deflate = deflate
        self.bytes = bytes
        self.payloads = payloads
        self.inputs = inputs
        self.collected = collected
    }

    /// Reads as many of the bytes as can be processed.
    ///
    /// - Returns: The number of bytes read, and whether reading stopped at ``maximumInflated``.
    mutating func read() -> (consumed: Int, isInterrupted: Bool) {
        var position = 0
        while position < bytes.count {
            do throws(WebSocketFailure) {
                if let next = try readShortMessage(from: position) {
                    position = next
                    continue
                }
                if let collected, collected.remaining > 0 {
                    position += try collect(collected, from: position)
                } else {
                    guard let next = try readFrame(from: position) else { return (position, false) }
                    position = next
                }
                if inflated >= Self.maximumInflated, position < bytes.count {
                    return (position, true)
                }
            } catch {
                inputs.append(.failure(error.code))
                return (bytes.count, false)
            }
        }
        return (position, false)
    }

    /// Unmasks a payload into the free memory behind ``payloadEnd``.
    ///
    /// There is enough, because no payload is unmasked twice.
    private func unmask(_ range: Range<Int>, _ key: UInt32) -> (payload: UnsafeRawBufferPointer, isASCII: Bool) {
        let target = UnsafeMutableRawBufferPointer(rebasing: payloads[payloadEnd..<(payloadEnd + range.count)])
        let isASCII = Masking.copy(UnsafeRawBufferPointer(rebasing: bytes[range]), to: target, maskedBy: key)
        return (UnsafeRawBufferPointer(target), isASCII)
    }

    /// Adds a whole message, after a check of its UTF-8.
    private mutating func append(isText: Bool, _ range: Range<Int>, _ key: UInt32) throws(WebSocketFailure) {
        let (payload, isASCII) = unmask(range, key)
        if isText, !isASCII, !UTF8Validator.isValid(payload) { throw WebSocketFailure(.invalidPayload) }
        inputs.append(isText: isText, payloadEnd..<payloadEnd + payload.count)
        payloadEnd += payload.count
    }

    /// Reads a message that is one whole frame of up to 125 bytes, uncompressed, as nearly all are.
    ///
    /// - Returns: The position behind the frame; nil if something else stands here, and then nothing has been read.
    private mutating func readShortMessage(from position: Int) throws(WebSocketFailure) -> Int? {
        let isServer = role == .server
        let start = position &+ (isServer ? 6 : 2)
        guard start <= bytes.count, collected == nil else { return nil }
        // FIN, no reserved bits, and an opcode.
        let isText = bytes[position] == 0x80 | Opcode.text
        guard isText || bytes[position] == 0x80 | Opcode.binary else { return nil }
        // Only frames to a server have the bit of masked ones.
        let length = Int(bytes[position &+ 1]) &- (isServer ? 0x80 : 0)
        let end = start &+ length
        guard length >= 0, length < 126, length <= limits.size, end <= bytes.count else { return nil }
        let mask = isServer ? bytes.loadUnaligned(fromByteOffset: start - 4, as: UInt32.self) : 0
        try append(isText: isText, start..<end, mask)
        return end
    }

    private func header(at position: Int) throws(WebSocketFailure) -> Header? {
        let available = bytes.count - position
        guard available >= 2 else { return nil }
        let first = bytes[position]
        let second = bytes[position + 1]
        // RSV2 and RSV3 must be 0. RSV1 marks a compressed message, in its first frame only (RFC 7692 §6).
        guard first & 0x30 == 0 else { throw WebSocketFailure(.protocolError) }
        let isCompressed = first & 0x40 != 0
        if isCompressed {
            guard deflate != nil, first & 0x0F == Opcode.text || first & 0x0F == Opcode.binary else {
                throw WebSocketFailure(.protocolError)
            }
        }
        let isMasked = second & 0x80 != 0
        guard isMasked == (role == .server) else { throw WebSocketFailure(.protocolError) }
        let opcode = first & 0x0F
        let isFinal = first & 0x80 != 0
        var length = Int(second & 0x7F)
        switch opcode {
        case Opcode.continuation, Opcode.text, Opcode.binary: break
        case Opcode.close, Opcode.ping, Opcode.pong:
            guard isFinal, length <= 125 else { throw WebSocketFailure(.protocolError) }
        default: throw WebSocketFailure(.protocolError)
        }
        var size = 2
        if length == 126 {
            guard available >= 4 else { return nil }
            length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            guard length >= 126 else { throw WebSocketFailure(.protocolError) }
            size = 4
        } else if length == 127 {
            guard available >= 10 else { return nil }
            guard bytes[position + 2] & 0x80 == 0 else { throw WebSocketFailure(.protocolError) }
            length = 0
            for index in 2..<10 { length = length << 8 | Int(bytes[position + index]) }
            guard length >= 65_536 else { throw WebSocketFailure(.protocolError) }
            size = 10
        }
        // A key of 0 changes nothing.
        var mask: UInt32 = 0
        if isMasked {
            guard available >= size + 4 else { return nil }
            mask = bytes.loadUnaligned(fromByteOffset: position + size, as: UInt32.self)
            size += 4
        }
        return Header(
            isFinal: isFinal,
            isCompressed: isCompressed,
            opcode: opcode,
            length: length,
            mask: mask,
            size: size
        )
    }

    /// Reads one frame, or the header of a data frame whose payload is collected next.
    ///
    /// - Returns: The position of the next byte to read, or nil if more bytes are needed.
    private mutating func readFrame(from position: Int) throws(WebSocketFailure) -> Int? {
        guard let header = try header(at: position) else { return nil }
        let start = position + header.size
        // The length may be up to `Int.max`, so adding to it before this comparison could overflow.
        let isWhole = header.length <= bytes.count - start
        let end = isWhole ? start + header.length : bytes.count
        if header.opcode >= Opcode.close {
            guard isWhole else { return nil }
            inputs.append(try control(header.opcode, unmask(start..<end, header.mask).payload))
            return end
        }
        guard (header.opcode == Opcode.continuation) == (collected != nil) else {
            throw WebSocketFailure(.protocolError)
        }
        guard header.length <= limits.size - (collected?.bytes.readableBytes ?? 0) else {
            throw WebSocketFailure(.messageTooBig)
        }
        if header.isFinal, collected == nil, isWhole {
            let isText = header.opcode == Opcode.text
            if header.isCompressed {
                let payload = ByteBuffer(bytes: unmask(start..<end, header.mask).payload)
                inputs.append(try message(payload, isText: isText))
            } else {
                try append(isText: isText, start..<end, header.mask)
            }
            return end
        }
        try beginCollecting(header)
        if header.length == 0 { try finishFrame() }
        return start
    }

    private mutating func beginCollecting(_ header: Header) throws(WebSocketFailure) {
        let message =
            collected ?? Collected(isText: header.opcode == Opcode.text, isCompressed: header.isCompressed)
        message.fragmentCount += 1
        // Empty fragments count, because they cost work without making progress. Each 64 bytes received allow one fragment
        // more.
        let allowed = limits.fragments + message.bytes.readableBytes / Self.fairFragmentSize
        guard message.fragmentCount <= allowed else { throw WebSocketFailure(.policyViolation) }
        message.remaining = header.length
        message.isFinal = header.isFinal
        message.mask = header.mask
        collected = message
    }

    /// Collects the available payload bytes of the current frame; returns their number.
    private mutating func collect(_ message: Collected, from position: Int) throws(WebSocketFailure) -> Int {
        let count = min(message.remaining, bytes.count - position)
        let part = unmask(position..<(position + count), message.mask).payload
        message.mask = Masking.rotate(message.mask, by: count)
        message.remaining -= count
        if message.isText, !message.isCompressed, !message.validator.accept(part) {
            throw WebSocketFailure(.invalidPayload)
        }
        message.bytes.writeBytes(part)
        if message.remaining == 0 { try finishFrame() }
        return count
    }

    private mutating func finishFrame() throws(WebSocketFailure) {
        guard let collected, collected.isFinal else { return }
        self.collected = nil
        if collected.isCompressed {
            inputs.append(try message(collected.bytes, isText: collected.isText))
        } else if collected.isText {
            guard collected.validator.isComplete else { throw WebSocketFailure(.invalidPayload) }
            inputs.append(.text(collected.bytes))
        } else {
            inputs.append(.binary(collected.bytes))
        }
    }

    /// Decompresses a whole message and checks the UTF-8 of decompressed text.
    private mutating func message(_ bytes: ByteBuffer, isText: Bool) throws(WebSocketFailure) -> WebSocketInput {
        guard let deflate else { throw WebSocketFailure(.protocolError) }
        let payload = try deflate.inflate(bytes, limit: limits.size)
        inflated += payload.readableBytes
        guard isText else { return .binary(payload) }
        guard payload.withUnsafeReadableBytes(UTF8Validator.isValid) else { throw WebSocketFailure(.invalidPayload) }
        return .text(payload)
    }

    private func control(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer) throws(WebSocketFailure) -> WebSocketInput
    {
        switch opcode {
        case Opcode.ping: return .ping(ByteBuffer(bytes: payload))
        case Opcode.pong: return .pong
        default: break
        }
        guard payload.count > 0 else { return .close(nil, reason: "") }
        guard payload.count >= 2 else { throw WebSocketFailure(.protocolError) }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isSendable else { throw WebSocketFailure(.protocolError) }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
            throw WebSocketFailure(.invalidPayload)
        }
        return .close(code, reason: reason)
    }
}
