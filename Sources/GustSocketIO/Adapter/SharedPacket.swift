import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// One packet for many sockets, encoded once for each revision that is met on the way.
final class SharedPacket: Sendable {
    /// A packet as one revision says it: the frames, and the same framed for WebSocket.
    struct Encoded: Sendable {
        var frames: [Frame]
        var messages: [PreparedMessage]
        /// How many bytes the frames have.
        var byteCount: Int
    }

    private static let lastNumber = Atomic<UInt64>(0)

    let packet: Packet
    /// Broadcasts are numbered in the order in which they were sent.
    let number: UInt64
    private let cache = Mutex<[Revision: Encoded]>([:])

    init(_ packet: Packet) {
        self.packet = packet
        number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The packet in the words of `codec`, which belongs to `revision`.
    func encoded(by codec: any Codec, of revision: Revision) -> Encoded {
        cache.withLock { cache in
            if let encoded = cache[revision] { return encoded }
            var text = ByteBuffer()
            codec.encode(packet, into: &text)
            var frames: [Frame] = text.readableBytes > 0 ? [.text(text)] : []
            frames += codec.attachments(of: packet).map(codec.frame(attachment:))
            let encoded = Encoded(
                frames: frames,
                messages: frames.map(PreparedMessage.init),
                byteCount: frames.reduce(0) { $0 + $1.byteCount }
            )
            cache[revision] = encoded
            return encoded
        }
    }
}

extension PreparedMessage {
    /// Frames one frame of a packet.
    fileprivate init(_ frame: Frame) {
        switch frame {
        case .text(let text): self.init(text: text)
        case .binary(let bytes): self.init(binary: bytes)
        }
    }
}
