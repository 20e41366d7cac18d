#if Redis
import NIOCore

/// The glob patterns of Redis.
enum RedisPattern {
    /// A pattern that matches every text that begins with `prefix`.
    static func matching(prefix: ByteBuffer) -> ByteBuffer {
        var pattern = ByteBuffer()
        for byte in prefix.readableBytesView {
            switch byte {
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"),
                UInt8(ascii: "^"):
                pattern.writeInteger(UInt8(ascii: "\\"))
            default: break
            }
            pattern.writeInteger(byte)
        }
        pattern.writeInteger(UInt8(ascii: "*"))
        return pattern
    }
}
#endif
