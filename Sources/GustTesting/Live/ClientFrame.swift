import GustServer
import NIOCore

/// The opcode of a frame (RFC 6455 §5.2).
enum WebSocketOpcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
}

/// Encodes frames of a client, which are masked (RFC 6455 §5.3).
enum ClientFrame {
    static func bytes(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        let length = payload.readableBytes
        var frame = ByteBuffer()
        frame.reserveCapacity(length + 14)
        frame.writeInteger(0x80 | opcode.rawValue)
        if length < 126 {
            frame.writeInteger(0x80 | UInt8(length))
        } else if length < 65_536 {
            frame.writeInteger(UInt8(0x80 | 126))
            frame.writeInteger(UInt16(length))
        } else {
            frame.writeInteger(UInt8(0x80 | 127))
            frame.writeInteger(UInt64(length))
        }
        let key = UInt32.random(in: .min ... .max)
        frame.writeInteger(key, endianness: .host)
        var masked = payload
        masked.withUnsafeMutableReadableBytes { Masking.apply(key, to: $0) }
        frame.writeImmutableBuffer(masked)
        return frame
    }
}

/// The key of every opening handshake, and the value of `Sec-WebSocket-Accept` for it: the example of RFC 6455 §1.3.
enum WebSocketProof {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let answer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
}
