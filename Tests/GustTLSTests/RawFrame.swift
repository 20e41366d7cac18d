#if TLS
import NIOCore

/// A frame of HTTP/2 as bytes (RFC 9113 §4.1).
struct RawFrame: Equatable {
    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings = RawFrame(type: 4)

    /// The head `GET /` of `https://example.com`, uncompressed but for the static table.
    static let head: [UInt8] = [0x82, 0x87, 0x84, 0x41, 0x0B] + Array("example.com".utf8)

    var bytes: [UInt8] {
        let length = payload.count
        let header: [UInt8] = [
            UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags,
        ]
        return header + Self.bytes(stream) + payload
    }

    static func bytes(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
    }

    /// Reads all whole frames.
    static func read(_ buffer: inout ByteBuffer) -> [RawFrame] {
        var frames: [RawFrame] = []
        while let header = buffer.readBytes(length: 9) {
            let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            let stream = header[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            frames.append(
                RawFrame(
                    type: header[3],
                    flags: header[4],
                    stream: stream,
                    payload: buffer.readBytes(length: length) ?? []
                )
            )
        }
        return frames
    }

    /// The error code of a `GOAWAY` frame among `frames`; nil without one.
    static func goAway(_ frames: [RawFrame]) -> UInt8? { frames.first { $0.type == 7 }?.payload.last }
}
#endif
