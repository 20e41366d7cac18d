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

    /// The frames of the message; one object, so that a copy of the message costs one reference.
    private final class Frames: Sendable {
        let isText: Bool
        /// Header and payload of the uncompressed frame of RFC 6455.
        let plain: ByteBuffer
        let headerLength: Int
        /// The frames of other kinds, made on demand.
        let others = Mutex<[OtherFraming: ByteBuffer]>([:])

        init(_ payload: ByteBuffer, isText: Bool) {
            self.isText = isText
            var frame = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
            writeHeader(firstByte: isText ? 0x81 : 0x82, payloadLength: payload.readableBytes, into: &frame)
            headerLength = frame.readableBytes
            frame.writeImmutableBuffer(payload)
            plain = frame
        }

        /// Frames the text that `write` appends: nothing is copied, because its header is stored in front of it afterwards.
        init(textOf capacity: Int, writtenBy write: (inout ByteBuffer) -> Void) {
            isText = true
            var frame = ByteBufferAllocator().buffer(capacity: longestHeader + capacity)
            frame.moveWriterIndex(to: longestHeader)
            frame.moveReaderIndex(to: longestHeader)
            write(&frame)
            let length = frame.readableBytes
            headerLength = withUnsafeTemporaryAllocation(byteCount: longestHeader, alignment: 1) { header in
                let count = writeHeader(firstByte: 0x81, payloadLength: length, to: header)
                frame.moveReaderIndex(to: longestHeader - count)
                frame.setBytes(UnsafeRawBufferPointer(rebasing: header[..<count]), at: frame.readerIndex)
                return count
            }
            plain = frame
        }
    }

    private let frames: Frames
    /// Whether WebSockets with compression may compress the message.
    package var isCompressible = true

    /// Frames a text message; the bytes must be UTF-8.
    public init(text: ByteBuffer) { frames = Frames(text, isText: true) }

    /// Frames the text that `write` appends, UTF-8 of about `capacity` bytes, without a copy.
    package init(textOf capacity: Int, writtenBy write: (inout ByteBuffer) -> Void) {
        frames = Frames(textOf: capacity, writtenBy: write)
    }

    /// Frames a binary message.
    public init(binary: ByteBuffer) { frames = Frames(binary, isText: false) }

    /// Whether the message is text; otherwise it is binary.
    package var isText: Bool { frames.isText }

    /// Header and payload, ready for the wire.
    package var frame: ByteBuffer { frames.plain }

    /// The message without a header, for connections with other frames (hixie drafts, compression).
    package var payload: ByteBuffer {
        var payload = frame
        payload.moveReaderIndex(forwardBy: frames.headerLength)
        return payload
    }

    /// The frame of another kind, which `make` makes on the first call.
    ///
    /// This method may be called on any thread. A lock is held while `make` runs, because other callers need the same frame.
    package func frame<Failure: Error>(
        of framing: OtherFraming,
        make: (_ payload: ByteBuffer) throws(Failure) -> ByteBuffer
    ) throws(Failure) -> ByteBuffer {
        try frames.others.withLock { frames throws(Failure) in
            if let frame = frames[framing] { return frame }
            let frame = try make(payload)
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
