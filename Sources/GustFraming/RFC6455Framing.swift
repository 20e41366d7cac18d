package import GustHTTP
package import NIOCore

/// Reads and writes frames of RFC 6455 as a server or as a client; masks, reserved bits, opcodes, lengths, fragments and UTF-8 are checked strictly.
///
/// The payload of a message that is one whole frame is unmasked on its way into memory that all reads share, without an
/// allocation. Incomplete and fragmented messages are collected. Their UTF-8 is checked as it is received, so that an
/// invalid byte is an error at once. Compressed messages (RFC 7692) are decompressed when they are complete.
package struct RFC6455Framing: WebSocketFraming {
    enum Opcode {
        static let continuation: UInt8 = 0
        static let text: UInt8 = 1
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
        static let pong: UInt8 = 10
    }

    /// The length of the longest header of a client, in bytes: with a length of 8 bytes and a key.
    private static let longestHeader = 14

    /// What few ends have, in an object: a value of at most 24 bytes is kept in the memory of its owner, without an allocation.
    private final class Options {
        let deflate: MessageDeflate?
        let masking: MaskingKeys?

        init(_ deflate: MessageDeflate?, _ masking: MaskingKeys?) {
            self.deflate = deflate
            self.masking = masking
        }
    }

    private let maximumMessageSize: UInt32
    private let maximumFragments: UInt32
    /// Nil for a server without compression.
    private let options: Options?
    private var collected: RFC6455Reader.Collected?

    private var deflate: MessageDeflate? { options?.deflate }
    /// The keys of a client; nil for a server.
    private var masking: MaskingKeys? { options?.masking }
    private var role: WebSocketRole { masking == nil ? .server : .client }

    /// Makes the framing of one end.
    ///
    /// - Parameters:
    ///   - role: The end that reads and writes.
    ///   - maximumMessageSize: The length of the longest message that is read, in bytes, decompressed too; at most 4 GiB.
    ///   - maximumFragments: How many fragments a short message may have, at most 2³² − 1; each 64 bytes allow one more.
    ///   - deflate: Compresses messages if it is given.
    ///   - masking: The keys of a client's frames, which a client must give; a server doesn't use them.
    package init(
        role: WebSocketRole = .server,
        maximumMessageSize: Int,
        maximumFragments: Int,
        deflate: MessageDeflate? = nil,
        masking: MaskingKeys? = nil
    ) {
        precondition(role == .server || masking != nil, "the frames of a client are masked")
        self.maximumMessageSize = UInt32(clamping: maximumMessageSize)
        self.maximumFragments = UInt32(clamping: maximumFragments)
        let keys = role == .client ? masking : nil
        options = deflate == nil && keys == nil ? nil : Options(deflate, keys)
    }

    // MARK: Reading

    package mutating func read(
        _ buffer: ByteBuffer,
        into inputs: WebSocketInputs
    ) -> (consumed: Int, isInterrupted: Bool) {
        var progress = (consumed: 0, isInterrupted: false)
        let collected = self.collected
        buffer.withUnsafeReadableBytes { bytes in
            inputs.writePayloads(atMost: bytes.count) { payloads in
                var reader = RFC6455Reader(
                    role: role,
                    limits: (Int(maximumMessageSize), Int(maximumFragments)),
                    deflate: deflate,
                    bytes: bytes,
                    payloads: payloads,
                    inputs: inputs,
                    collected: collected
                )
                progress = reader.read()
                self.collected = reader.collected
                return reader.payloadEnd
            }
        }
        return progress
    }

    // MARK: Writing

    package var isPlain: Bool { options == nil }

    package var hasClosingHandshake: Bool { true }

    package var carriesBinary: Bool { true }

    /// Stores the header of an uncompressed message of a server at the beginning of `output`, which has at least
    /// ``PreparedMessage/longestHeader`` bytes; the caller stores the payload behind it.
    ///
    /// - Returns: The length of the header.
    package static func writeHeader(
        of kind: WebSocketOutput,
        payloadLength: Int,
        to output: UnsafeMutableRawBufferPointer
    ) -> Int {
        PreparedMessage.writeHeader(firstByte: 0x80 | opcode(of: kind), payloadLength: payloadLength, to: output)
    }

    /// Appends a whole frame; a client masks it with a key of its own, in the output buffer.
    package func write(_ kind: WebSocketOutput, _ payload: ByteBuffer, into buffer: inout ByteBuffer) {
        let compressed = kind == .text || kind == .binary ? deflate?.deflate(payload) : nil
        let firstByte = (compressed != nil ? 0xC0 : 0x80) | Self.opcode(of: kind)
        if let masking {
            Self.write(firstByte, compressed ?? payload, maskedBy: masking.next(), into: &buffer)
        } else {
            Self.write(firstByte, compressed ?? payload, into: &buffer)
        }
    }

    private static func write(_ firstByte: UInt8, _ payload: ByteBuffer, into buffer: inout ByteBuffer) {
        PreparedMessage.writeHeader(firstByte: firstByte, payloadLength: payload.readableBytes, into: &buffer)
        buffer.writeImmutableBuffer(payload)
    }

    /// Appends an uncompressed frame of a client, masked with a key.
    package static func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        maskedBy key: UInt32,
        into buffer: inout ByteBuffer
    ) {
        write(0x80 | opcode(of: kind), payload, maskedBy: key, into: &buffer)
    }

    /// One write for the header, the key and the payload: several writes to a buffer cost more than the bytes.
    private static func write(
        _ firstByte: UInt8,
        _ payload: ByteBuffer,
        maskedBy key: UInt32,
        into buffer: inout ByteBuffer
    ) {
        let length = payload.readableBytes
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: longestHeader + length) { output in
            var end = PreparedMessage.writeHeader(firstByte: firstByte, payloadLength: length, to: output)
            output[1] |= 0x80
            // The key has its bytes in the order of the frame.
            output.storeBytes(of: key, toByteOffset: end, as: UInt32.self)
            end += 4
            let masked = UnsafeMutableRawBufferPointer(rebasing: output[end..<(end + length)])
            payload.withUnsafeReadableBytes { masked.copyMemory(from: $0) }
            Masking.apply(key, to: masked)
            return end + length
        }
    }

    /// The frame of a message that is sent to several WebSockets.
    ///
    /// Only the frames of a server can be shared: each frame of a client has a key of its own.
    package func frame(of message: PreparedMessage) throws(WebSocketError) -> SharedFrame {
        guard masking == nil else {
            var frame = ByteBuffer()
            write(message.isText ? .text : .binary, message.payload, into: &frame)
            return SharedFrame(frame)
        }
        guard let deflate else { return message.frame }
        return deflate.frame(of: message) { payload, isCompressed in
            var frame = ByteBuffer()
            let opcode = message.isText ? Opcode.text : Opcode.binary
            Self.write((isCompressed ? 0xC0 : 0x80) | opcode, payload, into: &frame)
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
