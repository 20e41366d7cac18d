/// What keeps a packet of a connection from being written to the transport as it is and at once.
///
/// A connection has one value for all of them, which is empty nearly always, so that a packet costs one comparison.
struct SendingObstacles: OptionSet {
    let rawValue: UInt8

    /// The connection isn't open.
    static let notOpen = SendingObstacles(rawValue: 1)
    /// Frames are sent in one batch at the end of a burst.
    static let batching = SendingObstacles(rawValue: 2)
    /// Packets are held back so that the client can process CONNECT first.
    static let settling = SendingObstacles(rawValue: 4)
    /// Frames wait in the outbox.
    static let waitingFrames = SendingObstacles(rawValue: 8)
    /// The connection moves, or may move, to another loop.
    static let handover = SendingObstacles(rawValue: 16)
    /// Somebody watches the packets.
    static let tap = SendingObstacles(rawValue: 32)

    /// Those that send a packet by way of the outbox.
    static let ofTransport: SendingObstacles = [.batching, .settling, .waitingFrames]

    /// Adds or removes obstacles.
    mutating func set(_ obstacles: SendingObstacles, _ isPresent: Bool) {
        if isPresent { formUnion(obstacles) } else { subtract(obstacles) }
    }
}
