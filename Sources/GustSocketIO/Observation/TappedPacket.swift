import GustWire
import NIOCore

/// A packet of one connection as a ``ConnectionTap`` has recorded it.
package struct TappedPacket: Sendable, Encodable {
    /// The longest text of a packet that is kept, in bytes.
    static let maximumTextLength = 500
    /// How many of the bytes of a binary frame are kept.
    static let maximumByteCount = 48

    /// The number of the packet among those of its tap, from 1 on.
    package let number: Int
    /// When the packet was recorded, in milliseconds since 1970.
    package let time: Int
    /// Whether the server has sent the packet.
    package let isSent: Bool
    /// The size of the frame in bytes.
    package let size: Int
    /// Whether the frame is binary; then `text` has its first bytes in hexadecimal digits.
    package let isBinary: Bool
    /// The beginning of the text.
    package let text: String

    init(number: Int, time: Int, isSent: Bool, _ frame: Frame) {
        self.number = number
        self.time = time
        self.isSent = isSent
        size = frame.byteCount
        switch frame {
        case .text(let bytes):
            isBinary = false
            text = Self.beginning(of: bytes)
        case .binary(let bytes):
            isBinary = true
            text = bytes.readableBytesView.prefix(Self.maximumByteCount)
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        }
    }

    /// The first bytes of a text, without the part of a scalar at their end.
    private static func beginning(of bytes: ByteBuffer) -> String {
        var prefix = bytes.readableBytesView.prefix(maximumTextLength)
        if prefix.count < bytes.readableBytes {
            // A byte 10xxxxxx continues a scalar; the byte in front of it begins the scalar that is cut.
            let isContinued = bytes.readableBytesView[prefix.endIndex] & 0xC0 == 0x80
            if isContinued, let start = prefix.lastIndex(where: { $0 & 0xC0 != 0x80 }) { prefix = prefix[..<start] }
        }
        return String(decoding: prefix, as: UTF8.self)
    }
}
