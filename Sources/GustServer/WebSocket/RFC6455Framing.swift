import GustHTTP
import NIOCore

/// Frames of RFC 6455, strictly: masks, reserved bits, opcodes, lengths, fragments and UTF-8 are checked.
///
/// A frame that is whole in the buffer is unmasked in place and handed on as a slice: no copy, no allocation. What isn't
/// whole, or comes in fragments, is collected; its text is checked while it comes, so that a bad byte ends it at once.
/// Compressed messages (RFC 7692) are decompressed when they are whole.
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
    private let deflate: PermessageDeflate?
    private let compression: MessageCompression?
    private var collected: RFC6455Reader.Collected?

    /// Compresses if both `deflate` and `compression` are given.
    init(
        maximumMessageSize: Int,
        maximumFragments: Int,
        deflate: PermessageDeflate? = nil,
        compression: MessageCompression? = nil
    ) {
        self.maximumMessageSize = maximumMessageSize
        self.maximumFragments = maximumFragments
        self.deflate = deflate
        self.compression = deflate == nil ? nil : compression
    }

    // MARK: Reading

    @discardableResult
    mutating func read(_ buffer: inout ByteBuffer, into inputs: inout [WebSocketInput]) -> Bool {
        var found: [RFC6455Reader.Found] = []
        // One piece of memory for a usual burst, not one for each doubling.
        found.reserveCapacity(16)
        let collected = self.collected
        self.collected = nil
        var reader = RFC6455Reader(
            limits: (maximumMessageSize, maximumFragments),
            compression: compression,
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

    var isPlain: Bool { compression == nil }

    var hasClosingHandshake: Bool { true }

    var carriesBinary: Bool { true }

    /// Appends the header of a message that isn't compressed; its payload follows as it is.
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
        let compressed = kind == .text || kind == .binary ? compressed(payload) : nil
        let bytes = compressed ?? payload
        PreparedMessage.writeHeader(
            firstByte: (compressed == nil ? 0x80 : 0xC0) | Self.opcode(of: kind),
            payloadLength: bytes.readableBytes,
            into: &buffer
        )
        buffer.writeImmutableBuffer(bytes)
    }

    func frame(of message: PreparedMessage) throws(WebSocketError) -> ByteBuffer {
        let payload = message.payload
        guard let deflate, payload.readableBytes >= MessageCompression.minimumLength else { return message.frame }
        let make = { (payload: ByteBuffer) throws(WebSocketError) in
            var frame = ByteBuffer()
            try write(message.isText ? .text : .binary, payload, into: &frame)
            return frame
        }
        // What was compressed in the usual window can't be shared with a client that has a smaller one.
        guard deflate.serverWindowBits == MessageCompression.maximumWindowBits else { return try make(payload) }
        return try message.frame(of: .deflated, make: make)
    }

    /// The payload made shorter; nil if it isn't to be compressed, or wouldn't be shorter.
    private func compressed(_ payload: ByteBuffer) -> ByteBuffer? {
        guard let deflate, let compression, payload.readableBytes >= MessageCompression.minimumLength else {
            return nil
        }
        return compression.deflate(payload, windowBits: deflate.serverWindowBits)
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
