import GustWire

/// Keeps broadcasts whole while a connection moves from one loop to another.
///
/// A broadcast visits each loop by itself, so one that is under way during a move may find the connection on both loops,
/// or on none. Therefore the old loop forwards what it sees until it was told that the move is over, and this value, on
/// the new loop, drops what comes twice and puts what comes late into its place.
struct BroadcastHandover {
    /// Broadcasts that were delivered, or are held, by number.
    private var seen: Set<UInt64> = []
    private var held: [Held] = []
    private var isHolding = false

    /// So many broadcasts at most are remembered while a client makes up its mind; past that the upgrade is refused.
    static let maximumSeen = 8_192

    /// How many broadcasts are remembered.
    var seenCount: Int { seen.count }

    /// How many packets are held.
    var heldCount: Int { held.count }

    /// A packet that is held; `waiter` is the caller that waits until it has been sent.
    typealias Held = (packet: SharedPacket, isVolatile: Bool, waiter: FlushWaiter?)

    /// What to do with a broadcast.
    enum Verdict { case deliver, hold, drop }

    /// From now on, until the move is over, what is sent waits for the broadcasts that may still be forwarded.
    mutating func hold() { isHolding = true }

    /// Takes notice of a broadcast.
    mutating func judge(_ packet: SharedPacket, isVolatile: Bool) -> Verdict {
        guard seen.insert(packet.number).inserted else { return .drop }
        guard isHolding else { return .deliver }
        held.append((packet, isVolatile, nil))
        return .hold
    }

    /// Whether something that all loops are asked for, and that has a number, comes to the connection for the first time.
    mutating func isFirst(_ number: UInt64) -> Bool { seen.insert(number).inserted }

    /// Holds what the connection itself sends, behind the broadcasts that were sent before; false if there is no need.
    mutating func hold(_ packet: Packet, isVolatile: Bool, awaitedBy waiter: FlushWaiter? = nil) -> Bool {
        guard isHolding else { return false }
        held.append((SharedPacket(packet), isVolatile, waiter))
        return true
    }

    /// Holds what was sent to the connection from elsewhere, and got its number there; false if there is no need.
    mutating func hold(_ shared: SharedPacket, isVolatile: Bool) -> Bool {
        guard isHolding else { return false }
        held.append((shared, isVolatile, nil))
        return true
    }

    /// Lets go of what is held, in the order in which it was sent.
    mutating func release() -> [Held] {
        defer { held = [] }
        return held.sorted { $0.packet.number < $1.packet.number }
    }
}
