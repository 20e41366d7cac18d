public import NIOCore
import Synchronization

/// A WebSocket message framed once, to be sent to many sockets without another copy (RFC 6455 §5.2, unmasked).
///
/// Sockets that frame differently (old drafts, compression) share one frame of each kind, made by the first of them.
public struct PreparedMessage: Sendable {
    /// A way to frame that isn't RFC 6455's plain one.
    package enum OtherFraming: Sendable, Hashable { case hixie, deflated }

    /// The frames made on demand.
    private final class OtherFrames: Sendable {
        let frames = Mutex<[OtherFraming: ByteBuffer]>([:])
    }

    /// Whether it is a text message; otherwise binary.
    public let isText: Bool
    /// Header and payload, ready for the wire.
    package let frame: ByteBuffer
    private let headerLength: Int
    private let others = OtherFrames()

    /// Frames a text message; the bytes must be UTF-8.
    public init(text: ByteBuffer) { self.init(text, isText: true) }

    /// Frames a binary message.
    public init(binary: ByteBuffer) { self.init(binary, isText: false) }

    private init(_ payload: ByteBuffer, isText: Bool) {
        self.isText = isText
        var frame = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
        Self.writeHeader(firstByte: isText ? 0x81 : 0x82, payloadLength: payload.readableBytes, into: &frame)
        headerLength = frame.readableBytes
        frame.writeImmutableBuffer(payload)
        self.frame = frame
    }

    /// The message without its header, for connections that frame differently (old drafts, compression).
    public var payload: ByteBuffer {
        var payload = frame
        payload.moveReaderIndex(forwardBy: headerLength)
        return payload
    }

    /// The message framed in another way: by `make`, unless somebody asked for that before.
    ///
    /// Any thread; others wait while `make` runs, because they want the same frame.
    package func frame<Failure: Error>(
        of framing: OtherFraming,
        make: (_ payload: ByteBuffer) throws(Failure) -> ByteBuffer
    ) throws(Failure) -> ByteBuffer {
        try others.frames.withLock { frames throws(Failure) in
            if let frame = frames[framing] { return frame }
            let frame = try make(payload)
            frames[framing] = frame
            return frame
        }
    }

    /// Appends an unmasked frame header: 2 bytes, 4 from 126 bytes of payload on, 10 from 65,536 on.
    package static func writeHeader(firstByte: UInt8, payloadLength length: Int, into buffer: inout ByteBuffer) {
        if length < 126 {
            buffer.writeInteger(UInt16(firstByte) << 8 | UInt16(length))
        } else if length < 65_536 {
            buffer.writeInteger(UInt32(firstByte) << 24 | 126 << 16 | UInt32(length))
        } else {
            buffer.writeInteger(UInt16(firstByte) << 8 | 127)
            buffer.writeInteger(UInt64(length))
        }
    }
}
