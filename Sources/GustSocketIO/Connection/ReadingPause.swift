import GustWire
import NIOCore

/// The reasons why a connection doesn't read, and the packets that were received nevertheless.
struct ReadingPause {
    /// How many packets are held at most: more than one read of the smallest packets contains.
    private static let maximumHeld = 16_384
    /// How many held packets are copied out of the read buffer that they are slices of.
    private static let maximumCopied = 64

    /// How many async handlers are suspended.
    var suspendedHandlers = 0
    /// The loops whose inboxes are too full to send them more.
    var congestedLoops: Set<ObjectIdentifier> = []
    /// Whether the connection has stopped reading.
    var isPaused = false
    /// Whether packets are held, or must be, so that they stay behind held packets.
    var holdsPackets = false
    /// Made when the first packet is held, because an empty buffer has memory too.
    private var held: CircularBuffer<Packet>?

    /// Whether no packet is held.
    var isEmpty: Bool { held?.isEmpty ?? true }

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
        let count = held?.count ?? 0
        guard count < Self.maximumHeld else { return false }
        if held == nil { held = CircularBuffer(initialCapacity: 1) }
        held?.append(count < Self.maximumCopied ? packet.detached : packet)
        return true
    }

    /// Removes and returns the oldest packet.
    mutating func next() -> Packet? {
        let packet = held?.popFirst()
        if isEmpty { held = nil }
        return packet
    }

    /// Drops all packets, because the connection has ended.
    mutating func removeAll() {
        held = nil
        holdsPackets = false
    }
}
