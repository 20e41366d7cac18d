import GustWire
import NIOCore

/// What keeps a connection from reading, and the packets that came nevertheless.
struct ReadingPause {
    /// The most packets that are held: more than one read of the smallest has.
    private static let maximumHeld = 16_384
    /// So many are copied out of the read that they are slices of.
    private static let maximumCopied = 64

    /// How many async handlers wait.
    var suspendedHandlers = 0
    /// The loops that have too much to do to be sent more.
    var congestedLoops: Set<ObjectIdentifier> = []
    /// Whether the connection doesn't read.
    var isPaused = false
    /// Whether packets wait, or would be handled in front of some that do.
    var holdsPackets = false
    private var held = CircularBuffer<Packet>(initialCapacity: 0)

    /// Whether no packet waits.
    var isEmpty: Bool { held.isEmpty }

    /// Whether a packet has to wait its turn.
    ///
    /// Heartbeats don't, nor do acknowledgements, for which suspended handlers may wait; the end only waits for what was
    /// sent in front of it.
    func holds(_ packet: Packet) -> Bool {
        switch packet {
        case .ping, .pong, .acknowledgement: false
        case .close: !held.isEmpty
        default: true
        }
    }

    /// Keeps a packet for later; false if there are too many.
    mutating func hold(_ packet: Packet) -> Bool {
        guard held.count < Self.maximumHeld else { return false }
        held.append(held.count < Self.maximumCopied ? packet.detached : packet)
        return true
    }

    /// Takes the oldest packet out.
    mutating func next() -> Packet? { held.popFirst() }

    /// Forgets all packets, because the connection has ended.
    mutating func removeAll() {
        held = CircularBuffer(initialCapacity: 0)
        holdsPackets = false
    }
}
