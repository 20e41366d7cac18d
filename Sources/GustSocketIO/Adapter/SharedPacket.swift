import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// One packet for many sockets, encoded once for each revision that one of the sockets uses.
///
/// The encodings are loaded without a lock. If two loops need the same encoding at the same time, both
/// encode the packet, and the encoding that is stored first is kept.
final class SharedPacket: Sendable {
    /// A packet as encoded for one revision: its frames, and the same frames as WebSocket messages.
    final class Encoded: Sendable {
        let frames: [Frame]
        /// The only frame as a message, if it is text, as it is for most packets.
        let onlyText: PreparedMessage?
        /// The messages of all frames; empty if there is ``onlyText``.
        let messages: [PreparedMessage]
        /// How many bytes the frames have.
        let byteCount: Int

        init(_ packet: Packet, _ codec: any Codec, isCompressed: Bool) {
            let length = min(64 + packet.weight, 4_096)
            var message = PreparedMessage(textOfAbout: length) { codec.encode(packet, into: &$0) }
            message.isCompressible = isCompressed
            let text = message.payload
            var frames: [Frame] = text.readableBytes > 0 ? [.text(text)] : []
            // A connection that can't send now keeps the attachments in its outbox.
            frames += codec.attachments(of: packet).map { codec.frame(attachment: $0).detached }
            self.frames = frames
            onlyText = frames.count == 1 && text.readableBytes > 0 ? message : nil
            messages = onlyText == nil ? frames.map { PreparedMessage($0, isCompressed: isCompressed) } : []
            byteCount = frames.reduce(0) { $0 + $1.byteCount }
        }
    }

    private static let lastNumber = Atomic<UInt64>(0)

    /// The offsets of this process begin here, so that two nodes don't use the same one.
    private static let firstOffset = UInt64.random(in: 0..<(1 << 62))

    /// The number of the next broadcast or visit; numbers only grow.
    static func nextNumber() -> UInt64 { lastNumber.wrappingAdd(1, ordering: .relaxed).newValue }

    let packet: Packet
    /// The packet with its offset as the last argument, for clients that can recover; nil if it has none.
    let offsetPacket: Packet?
    /// The offset, which the packet has on all nodes; nil if `offsetPacket` is.
    let offset: ByteText?
    /// Broadcasts are numbered in the order in which they were sent.
    let number: UInt64
    /// The key under which the packet replaces an earlier one that hasn't been sent; nil for most packets.
    let latestKey: LatestKey?
    /// Whether the packet may be compressed for WebSockets with compression.
    let isCompressed: Bool
    private let first = LazyReference<Encoded>()
    private let second = LazyReference<Encoded>()
    private let third = LazyReference<Encoded>()
    private let fourth = LazyReference<Encoded>()

    init(_ packet: Packet, latestKey: LatestKey? = nil, isCompressed: Bool = true) {
        self.packet = packet
        self.isCompressed = isCompressed
        self.latestKey = latestKey
        offsetPacket = nil
        offset = nil
        number = Self.nextNumber()
    }

    /// Makes a packet for clients of which some can recover.
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - isVolatile: whether the packet is dropped for sockets that can't send it at once.
    ///   - latestKey: the key under which the packet replaces an earlier one.
    ///   - isCompressed: whether the packet may be compressed.
    ///   - offset: the offset that the packet has on other nodes; nil makes one.
    init(
        recoverable packet: Packet,
        isVolatile: Bool,
        latestKey: LatestKey? = nil,
        isCompressed: Bool = true,
        offset: String? = nil
    ) {
        self.packet = packet
        self.isCompressed = isCompressed
        self.latestKey = latestKey
        let number = Self.nextNumber()
        self.number = number
        let offset = offset ?? String(Self.firstOffset + number, radix: 36)
        offsetPacket = packet.carryingOffset(offset, isVolatile: isVolatile)
        self.offset = offsetPacket == nil ? nil : ByteText(offset)
    }

    /// The packet as a client gets that can recover, or one that can't.
    func packet(recovers: Bool) -> Packet { recovers ? offsetPacket ?? packet : packet }

    /// The packet as encoded by `codec`, which belongs to the revision at `index` of `Revision.all`.
    ///
    /// Whether clients can recover is the same for all connections of a revision.
    func encoded(by codec: any Codec, revision index: Int, recovers: Bool) -> Encoded {
        switch index {
        case 0: first.value { encode(by: codec, recovers: recovers) }
        case 1: second.value { encode(by: codec, recovers: recovers) }
        case 2: third.value { encode(by: codec, recovers: recovers) }
        case 3: fourth.value { encode(by: codec, recovers: recovers) }
        default: encode(by: codec, recovers: recovers)
        }
    }

    private func encode(by codec: any Codec, recovers: Bool) -> Encoded {
        Encoded(packet(recovers: recovers), codec, isCompressed: isCompressed)
    }
}

extension PreparedMessage {
    /// Frames one frame of a packet.
    init(_ frame: Frame, isCompressed: Bool) {
        switch frame {
        case .text(let text): self.init(text: text)
        case .binary(let bytes): self.init(binary: bytes)
        }
        isCompressible = isCompressed
    }
}
