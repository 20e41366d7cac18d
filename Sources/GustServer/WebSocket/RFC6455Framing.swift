import GustHTTP
import NIOCore

/// Reads and writes frames of RFC 6455; masks, reserved bits, opcodes, lengths, fragments and UTF-8 are checked strictly.
///
/// A message that is one whole frame in the buffer is unmasked in place and returned as a slice, without a copy or an
/// allocation. Incomplete and fragmented messages are collected. Their UTF-8 is checked as it is received, so that an
/// invalid byte is an error at once. Compressed messages (RFC 7692) are decompressed when they are complete.
struct RFC6455Framing: WebSocketFraming {
    enum Opcode {
        static let continuation: UInt8 = 0
        static let text: UInt8 = 1
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
        static let pong: UInt8 = 10
    }

    private let maximumMessageSize: Int
    private let maximumFragments: Int
    private let deflate: MessageDeflate?
    private var collected: RFC6455Reader.Collected?

    /// Makes a framing, which compresses messages if `deflate` is given.
    init(maximumMessageSize: Int, maximumFragments: Int, deflate: MessageDeflate? = nil) {
        self.maximumMessageSize = maximumMessageSize
        self.maximumFragments = maximumFragments
        self.deflate = deflate
    }

    // MARK: Reading

    @discardableResult
    mutating func read(_ buffer: inout ByteBuffer, into inputs: inout [WebSocketInput]) -> Bool {
        var found: [RFC6455Reader.Found] = []
        // One allocation is enough for the messages of a usual read.
        found.reserveCapacity(16)
        let collected = self.collected
        self.collected = nil
        var reader = RFC6455Reader(
            limits: (maximumMessageSize, maximumFragments),
            deflate: deflate,
            collected: collected
        )
        let progress = buffer.withUnsafeMutableReadableBytes { bytes in reader.read(bytes, &found) }
        self.collected = reader.collected
        inputs.reserveCapacity(found.count)
        for item in found {
            switch item {
            case .input(let input): inputs.append(input)
            case .slice(let isText, let range):
                let start = buffer.readerIndex + range.lowerBound
                guard let slice = buffer.getSlice(at: start, length: range.count) else { continue }
                if isText { inputs.append(.text(slice)) } else { inputs.append(.binary(slice)) }
            }
        }
        buffer.moveReaderIndex(forwardBy: progress.consumed)
        return progress.isInterrupted
    }

    // MARK: Writing

    var isPlain: Bool { deflate == nil }

    var hasClosingHandshake: Bool { true }

    var carriesBinary: Bool { true }

    /// Appends the header of an uncompressed message; the caller appends the payload.
    static func writeHeader(of kind: WebSocketOutput, payloadLength: Int, into buffer: inout ByteBuffer) {
        PreparedMessage.writeHeader(
            firstByte: 0x80 | opcode(of: kind),
            payloadLength: payloadLength,
            into: &buffer
        )
    }

    func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        into buffer: inout ByteBuffer
    ) throws(WebSocketError) {
        let compressed = kind == .text || kind == .binary ? deflate?.deflate(payload) : nil
        Self.write(kind, compressed ?? payload, isCompressed: compressed != nil, into: &buffer)
    }

    private static func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        isCompressed: Bool,
        into buffer: inout ByteBuffer
    ) {
        PreparedMessage.writeHeader(
            firstByte: (isCompressed ? 0xC0 : 0x80) | opcode(of: kind),
            payloadLength: payload.readableBytes,
            into: &buffer
        )
        buffer.writeImmutableBuffer(payload)
    }

    func frame(of message: PreparedMessage) throws(WebSocketError) -> ByteBuffer {
        guard let deflate else { return message.frame }
        return deflate.frame(of: message) { payload, isCompressed in
            var frame = ByteBuffer()
            Self.write(message.isText ? .text : .binary, payload, isCompressed: isCompressed, into: &frame)
            return frame
        }
    }

    private static func opcode(of kind: WebSocketOutput) -> UInt8 {
        switch kind {
        case .text: Opcode.text
        case .binary: Opcode.binary
        case .ping: Opcode.ping
        case .pong: Opcode.pong
        case .close: Opcode.close
        }
    }
}
