import GustAdapter
import GustHTTP
import GustWire
import NIOCore

/// Sending packets that callers wait for, and packets of broadcasts.
extension Socket {
    /// Sends an event of a caller that waits until the event has been sent.
    ///
    /// Called on the loop, while the socket is connected.
    func send(_ packet: Packet, awaitedBy waiter: FlushWaiter) {
        if let outgoingHandlers {
            outgoingHandlers.call(packet)
            guard isConnected else { return }
        }
        guard let recovery else { return connection.send(packet, awaitedBy: waiter) }
        guard !namespace.recordsByAdapter else {
            // The client takes the last argument for an offset, so the packet repeats that of the packet before; it isn't sent again.
            let offset = recovery.log.entries.last?.offset ?? recovery.log.base
            let repeated = offset.flatMap { packet.carryingOffset($0.string, isVolatile: true) }
            return connection.send(repeated ?? packet, awaitedBy: waiter)
        }
        let shared = shared(packet, isVolatile: false, replacing: nil)
        record(shared, isVolatile: false, recovery)
        connection.send(shared.packet(recovers: true), awaitedBy: waiter)
    }

    /// Sends a packet to this socket through the adapter of the namespace, which records it.
    func sendByAdapter(_ packet: NamespacePacket, isVolatile: Bool, replacing key: LatestKey?, isCompressed: Bool) {
        var selection = SocketSelection()
        selection.roomKeys = [self.key]
        selection.isVolatile = isVolatile
        selection.isCompressed = isCompressed
        selection.latestKey = key?.name
        namespace.adapter.broadcast(packet.detached, to: selection)
    }

    /// A packet with a number, for other threads, recovery, and values that replace earlier ones.
    func shared(
        _ packet: Packet,
        isVolatile: Bool,
        replacing key: LatestKey?,
        _ isCompressed: Bool = true
    ) -> SharedPacket {
        recovery == nil
            ? SharedPacket(packet.detached, latestKey: key, isCompressed: isCompressed)
            : SharedPacket(
                recoverable: packet.detached,
                isVolatile: isVolatile,
                latestKey: key,
                isCompressed: isCompressed
            )
    }

    /// Sends a packet of a broadcast.
    ///
    /// Called on the loop.
    func deliver(_ shared: SharedPacket, isVolatile: Bool) {
        if let recovery {
            guard !recovery.isKnown(shared) else { return }
            record(shared, isVolatile: isVolatile, recovery)
            // A socket that has lost its connection, or that continues another one, only records.
            guard isConnected else { return }
        }
        if let outgoingHandlers {
            outgoingHandlers.call(shared.packet)
            guard isConnected else { return }
        }
        connection.send(shared, isVolatile: isVolatile)
    }
}
