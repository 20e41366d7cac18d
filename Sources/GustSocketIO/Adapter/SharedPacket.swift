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
        /// The text of the packet as a message, which is empty if the revision has none.
        let text: PreparedMessage
        /// Whether ``text`` is the only message, as it is for most packets.
        let isOneText: Bool
        /// All messages of a packet that has others.
        private let allMessages: [PreparedMessage]
        /// How many bytes the frames have.
        let byteCount: Int

        init(_ packet: Packet, _ codec: any Codec, isCompressed: Bool) {
            var text = PreparedMessage(textOf: packet.weight + Self.lengthOfOthers) { codec.encode(packet, into: &$0) }
            text.isCompressible = isCompressed
            self.text = text
            let textLength = text.payload.readableBytes
            // A connection that can't send now keeps the attachments in its outbox.
            let attachments = codec.attachments(of: packet).map { codec.frame(attachment: $0).detached }
            isOneText = textLength > 0 && attachments.isEmpty
            allMessages =
                isOneText
                ? []
                : (textLength > 0 ? [text] : []) + attachments.map { PreparedMessage($0, isCompressed: isCompressed) }
            byteCount = attachments.reduce(textLength) { $0 + $1.byteCount }
        }

        /// About how many bytes a packet has besides its name and its arguments.
        private static let lengthOfOthers = 16

        var messages: [PreparedMessage] { isOneText ? [text] : allMessages }

        var frames: [Frame] { messages.map { $0.isText ? .text($0.payload) : .binary($0.payload) } }
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

    /// The packet as encoded for connections of a kind.
    ///
    /// The encoding is the same for all kinds of a revision, and so is whether their clients can recover.
    func encoded(for kind: ConnectionKind) -> Encoded {
        switch kind.revisionIndex {
        case 0: first.current() ?? first.store(encode(for: kind))
        case 1: second.current() ?? second.store(encode(for: kind))
        case 2: third.current() ?? third.store(encode(for: kind))
        case 3: fourth.current() ?? fourth.store(encode(for: kind))
        default: encode(for: kind)
        }
    }

    /// Calls `body` with the packet as encoded for connections of a kind, as ``encoded(for:)``, without a reference that is counted.
    func withEncoded<Result>(for kind: ConnectionKind, _ body: (Encoded) -> Result) -> Result {
        let result =
            switch kind.revisionIndex {
            case 0: first.withCurrent(body)
            case 1: second.withCurrent(body)
            case 2: third.withCurrent(body)
            case 3: fourth.withCurrent(body)
            default: Result?.none
            }
        return result ?? body(encoded(for: kind))
    }

    private func encode(for kind: ConnectionKind) -> Encoded {
        Encoded(packet(recovers: kind.recovers), kind.encoder, isCompressed: isCompressed)
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
