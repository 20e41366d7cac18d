import GustWire
import NIOCore

/// The reasons why a connection doesn't read, and the packets that were received nevertheless.
struct ReadingPause {
    /// How many packets are held at most: more than one read of the smallest packets contains.
    private static let maximumHeld = 16_384
    /// How many held packets are copied out of the read buffer that they are slices of.
    private static let maximumCopied = 64

    /// An object, because few connections ever hold packets: its absence costs one word.
    private final class Held {
        var packets = CircularBuffer<Packet>(initialCapacity: 1)
    }

    /// Whether the connection has stopped reading.
    var isPaused = false
    /// Whether packets are held, or must be, so that they stay behind held packets.
    var holdsPackets = false
    /// How many async handlers are suspended.
    var suspendedHandlers: Int32 = 0
    /// The loops whose inboxes are too full to send them more.
    var congestedLoops: Set<ObjectIdentifier> = []
    private var held: Held?

    /// Whether no packet is held.
    var isEmpty: Bool { held?.packets.isEmpty ?? true }

    /// Whether `packet` is held while reading has stopped.
    ///
    /// Heartbeats are not held, nor are acknowledgements, because suspended handlers may await them. A close is held only behind
    /// packets that were sent before it.
    func holds(_ packet: Packet) -> Bool {
        switch packet {
        case .ping, .pong, .acknowledgement: false
        case .close: !isEmpty
        default: true
        }
    }

    /// Holds a packet; false if too many packets are held.
    mutating func hold(_ packet: Packet) -> Bool {
        let held = held ?? Held()
        let count = held.packets.count
        guard count < Self.maximumHeld else { return false }
        held.packets.append(count < Self.maximumCopied ? packet.detached : packet)
        self.held = held
        return true
    }

    /// Removes and returns the oldest packet.
    mutating func next() -> Packet? {
        let packet = held?.packets.popFirst()
        if isEmpty { held = nil }
        return packet
    }

    /// Drops all packets, because the connection has ended.
    mutating func removeAll() {
        held = nil
        holdsPackets = false
    }
}
