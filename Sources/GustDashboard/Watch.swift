import GustSocketIO

/// The socket whose packets a page shows.
struct Watch: Sendable {
    let socket: Socket
    let tap: ConnectionTap
    /// The number of the last packet that was sent to the page.
    var lastNumber = 0

    /// Begins to record the packets of a socket; ``end()`` balances it.
    init(_ socket: Socket) {
        self.socket = socket
        tap = socket.watch()
    }

    func end() { socket.unwatch(tap) }

    /// The next event for the page; nil if nothing has happened.
    mutating func news() -> News? {
        let (packets, isOver) = tap.packets(after: lastNumber)
        let hasEnded = isOver || !socket.isConnected
        guard let last = packets.last?.number ?? (hasEnded ? lastNumber : nil) else { return nil }
        let missed = last - lastNumber - packets.count
        lastNumber = last
        return News(
            socket: SocketListing(socket),
            packets: packets,
            missed: missed,
            hasEnded: hasEnded
        )
    }

    /// What has happened on the connection of a socket since the event before.
    struct News: Encodable {
        var socket: SocketListing
        var packets: [TappedPacket]
        /// How many packets are missing in front of the first one, because there were too many.
        var missed: Int
        /// Whether the socket is disconnected; nothing follows then.
        var hasEnded: Bool
    }
}
