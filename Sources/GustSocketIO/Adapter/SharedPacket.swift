import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// One packet for many sockets, encoded once for each revision that is met on the way.
///
/// The encodings are found without a lock: one place for each revision. Two loops that come to an empty place at once both
/// encode, and the first one's is kept.
final class SharedPacket: Sendable {
    /// A packet as one revision says it: the frames, and the same framed for WebSocket.
    final class Encoded: Sendable {
        let frames: [Frame]
        let messages: [PreparedMessage]
        /// How many bytes the frames have.
        let byteCount: Int

        init(_ packet: Packet, _ codec: any Codec) {
            var text = ByteBuffer()
            codec.encode(packet, into: &text)
            var frames: [Frame] = text.readableBytes > 0 ? [.text(text)] : []
            // Whoever takes nothing now keeps them.
            frames += codec.attachments(of: packet).map { codec.frame(attachment: $0).detached }
            self.frames = frames
            messages = frames.map(PreparedMessage.init)
            byteCount = frames.reduce(0) { $0 + $1.byteCount }
        }
    }

    private static let lastNumber = Atomic<UInt64>(0)

    /// The number of the next thing that is sent: numbers only grow.
    static func nextNumber() -> UInt64 { lastNumber.wrappingAdd(1, ordering: .relaxed).newValue }

    let packet: Packet
    /// Broadcasts are numbered in the order in which they were sent.
    let number: UInt64
    private let first = LazyReference<Encoded>()
    private let second = LazyReference<Encoded>()
    private let third = LazyReference<Encoded>()
    private let fourth = LazyReference<Encoded>()

    init(_ packet: Packet) {
        self.packet = packet
        number = Self.nextNumber()
    }

    /// The packet in the words of `codec`, which belongs to the revision at `index` of `Revision.all`.
    func encoded(by codec: any Codec, revision index: Int) -> Encoded {
        switch index {
        case 0: first.value { Encoded(packet, codec) }
        case 1: second.value { Encoded(packet, codec) }
        case 2: third.value { Encoded(packet, codec) }
        case 3: fourth.value { Encoded(packet, codec) }
        default: Encoded(packet, codec)
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
