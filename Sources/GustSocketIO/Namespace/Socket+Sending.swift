import GustAdapter
import GustHTTP
import GustWire
import NIOCore

/// Sending packets: those of the program, those that callers wait for, and those of broadcasts.
extension Socket {
    /// Sends a packet: at once on the loop, posted from elsewhere.
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - isVolatile: whether the packet is dropped if it can't be sent at once.
    ///   - key: the key under which the packet replaces an earlier one that hasn't been sent.
    ///   - isCompressed: whether the packet may be compressed.
    func send(
        _ packet: consuming Packet,
        isVolatile: Bool,
        replacing key: LatestKey? = nil,
        isCompressed: Bool = true
    ) {
        // Owned, because the caller would destroy the parts of a packet one by one, which costs more.
        let packet = packet
        guard connection.isOnLoop else {
            guard recovery == nil || !namespace.recordsByAdapter else {
                return run { $0.send(packet, isVolatile: isVolatile, replacing: key, isCompressed: isCompressed) }
            }
            return post(
                packet,
                shared(packet, isVolatile: isVolatile, replacing: key, isCompressed),
                isVolatile: isVolatile
            )
        }
        if let count = earlyPackets?.count {
            guard count < connection.io.settings.outbox.maximumPackets else {
                return connection.transportEnded(.outboxOverflow)
            }
            earlyPackets?.append(packet)
        } else if isConnected {
            if recovery != nil, namespace.recordsByAdapter, let recorded = NamespacePacket(packet) {
                return sendByAdapter(recorded, isVolatile: isVolatile, replacing: key, isCompressed: isCompressed)
            }
            if let outgoingHandlers {
                outgoingHandlers.call(packet)
                // A handler may have disconnected the socket.
                guard isConnected else { return }
            }
            guard recovery != nil || key != nil || !isCompressed else {
                return connection.send(packet, isVolatile: isVolatile)
            }
            let shared = shared(packet, isVolatile: isVolatile, replacing: key, isCompressed)
            if let recovery { record(shared, isVolatile: isVolatile, recovery) }
            connection.send(posted: shared, isVolatile: isVolatile)
        }
    }

    /// Whether a packet of this socket is sent as it is: the caller is on the loop, the socket is connected and in `/`, nothing is sent
    /// before its packets, and nobody looks at them.
    var sendsPlainly: Bool {
        namespace.isRoot && recovery == nil && earlyPackets == nil && outgoingHandlers == nil && connection.isOnLoop
            && isConnected
    }

    /// Sends a packet from another thread.
    ///
    /// The packet gets its number now, so that a move of the connection to another loop doesn't change the order.
    private func post(_ packet: Packet, _ shared: SharedPacket, isVolatile: Bool) {
        let isPosted = connection.post(weight: packet.weight) { connection in
            if self.earlyPackets != nil {
                self.send(shared.packet, isVolatile: isVolatile)
            } else if self.isConnected {
                if let handlers = self.outgoingHandlers {
                    handlers.call(shared.packet)
                    guard self.isConnected else { return }
                }
                if let recovery = self.recovery { self.record(shared, isVolatile: isVolatile, recovery) }
                connection.send(posted: shared, isVolatile: isVolatile)
            }
        }
        if !isPosted { connection.io.refuseWork(of: self, in: packet.eventName) }
        let shard = connection.shard
        if shard.inbox.isCongested {
            let here = connection.io.shards.all.first { $0.eventLoop.inEventLoop }
            let sender = here?.receiving?.takeUnretainedValue() ?? SendingConnection.current
            sender?.run { $0.pause(for: shard) }
        }
    }

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
