public import NIOCore
import Synchronization

/// A WebSocket message that is framed once and sent to many WebSockets without further copies (RFC 6455 §5.2, unmasked).
///
/// WebSockets with other frames (hixie drafts, compression) share one frame of each kind, which is made on the first use.
public struct PreparedMessage: Sendable {
    /// A kind of frame other than an uncompressed frame of RFC 6455.
    package enum OtherFraming: Sendable, Hashable {
        case hixie
        /// Compressed without a reference to another message, with these parameters of zlib.
        case deflated(windowBits: Int, level: Int, memoryLevel: Int)
    }

    /// Header and payload, ready for the wire.
    package let frame: PreparedFrame
    /// Whether WebSockets with compression may compress the message.
    package var isCompressible = true

    /// Frames a text message; the bytes must be UTF-8.
    public init(text: ByteBuffer) { frame = PreparedFrame(text, isText: true) }

    /// Frames the text that `write` appends, UTF-8 of about `capacity` bytes, without a copy.
    package init(textOf capacity: Int, writtenBy write: (inout ByteBuffer) -> Void) {
        frame = PreparedFrame(textOf: capacity, writtenBy: write)
    }

    /// Frames a binary message.
    public init(binary: ByteBuffer) { frame = PreparedFrame(binary, isText: false) }

    /// Whether the message is text; otherwise it is binary.
    package var isText: Bool { frame.isText }

    /// The message without a header, for connections with other frames (hixie drafts, compression).
    package var payload: ByteBuffer {
        var payload = frame.buffer
        payload.moveReaderIndex(forwardBy: frame.headerLength)
        return payload
    }

    /// The frame of another kind, which `make` makes on the first call.
    ///
    /// This method may be called on any thread. A lock is held while `make` runs, because other callers need the same frame.
    package func frame<Failure: Error>(
        of framing: OtherFraming,
        make: (_ payload: ByteBuffer) throws(Failure) -> ByteBuffer
    ) throws(Failure) -> SharedFrame {
        try frame.others.withLock { frames throws(Failure) in
            if let frame = frames[framing] { return frame }
            let frame = SharedFrame(try make(payload))
            frames[framing] = frame
            return frame
        }
    }

    /// The length of the longest header of an unmasked frame, in bytes.
    package static let longestHeader = 10

    /// Appends the header of an unmasked frame: 2 bytes, or 4 for a payload of at least 126 bytes, or 10 from 65,536 bytes.
    package static func writeHeader(firstByte: UInt8, payloadLength length: Int, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: longestHeader) { output in
            writeHeader(firstByte: firstByte, payloadLength: length, to: output)
        }
    }

    /// Stores the header of an unmasked frame at the beginning of `output`, which is at least as long.
    ///
    /// - Returns: the length of the header.
    package static func writeHeader(
        firstByte: UInt8,
        payloadLength length: Int,
        to output: UnsafeMutableRawBufferPointer
    ) -> Int {
        output[0] = firstByte
        if length < 126 {
            output[1] = UInt8(length)
            return 2
        }
        if length < 65_536 {
            output[1] = 126
            output.storeBytes(of: UInt16(length).bigEndian, toByteOffset: 2, as: UInt16.self)
            return 4
        }
        output[1] = 127
        output.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 2, as: UInt64.self)
        return longestHeader
    }
}
