import GustAdapter
import GustWire
import NIOCore

/// Callers that wait until packets have been sent, or until the outbox has room.
extension Connection {
    /// Resumes `waiter` once everything that was sent before has been handed to the operating system, as far as the transport can know.
    ///
    /// Fails the caller if the connection ends before.
    func whenFlushed(_ waiter: FlushWaiter) {
        guard machine.isOpen else { return waiter.resume(.failure(SocketError.disconnected)) }
        waiter.position = handover?.heldCount ?? 0 > 0 ? nil : outbox.end
        flushWaiters.append(waiter)
        settleFlushes()
    }

    /// Whether nothing waits in the outbox or for the end of a move.
    var isDrained: Bool { outbox.isEmpty && handover?.heldCount ?? 0 == 0 }

    /// Asks the transport to confirm what callers wait for and what has left the outbox.
    func settleFlushes() {
        guard !flushWaiters.isEmpty else { return }
        let departed = outbox.departed
        let ready = flushWaiters.filter { !$0.isLeaving && $0.position ?? .max <= departed }
        guard !ready.isEmpty else { return }
        for waiter in ready { waiter.isLeaving = true }
        let asked = transport
        asked.whenFlushed { isSent in
            for waiter in ready { waiter.isLeaving = false }
            guard isSent else {
                // The frames of a poll were put back into the outbox, and may have been written to another poll already. A WebSocket
                // that didn't send them is about to end the connection.
                if asked.kind == .polling || asked !== self.transport { self.settleFlushes() }
                return
            }
            self.flushWaiters.removeAll { waiter in ready.contains { $0 === waiter } }
            for waiter in ready { waiter.resume() }
        }
    }

    /// Gives the callers a position whose packets were held during a move, because these packets have been sent.
    func placeHeldFlushes() {
        for waiter in flushWaiters where waiter.position == nil { waiter.position = outbox.end }
        settleFlushes()
    }

    /// Resumes a caller whose task has been cancelled; a packet that waits for room isn't sent.
    func cancelFlush(_ waiter: FlushWaiter) {
        flushWaiters.removeAll { $0 === waiter }
        waitingPackets.removeAll { $0.waiter === waiter }
        waiter.cancel()
    }

    /// Fails all callers, because the connection has ended.
    func failFlushes() {
        let waiting = flushWaiters + waitingPackets.map(\.waiter)
        flushWaiters = []
        waitingPackets = []
        for waiter in waiting { waiter.resume(.failure(SocketError.disconnected)) }
    }

    /// Moves the positions of callers after packets were removed from the outbox; fails the callers of these packets.
    func note(_ removal: Outbox.Removal) {
        guard !removal.indices.isEmpty else { return }
        let departed = outbox.departed
        for waiter in flushWaiters {
            waiter.position = waiter.position.map { departed + removal.adjusted($0 - departed) }
        }
        settlingMarks = settlingMarks.map(removal.adjusted)
        flushWaiters.removeAll { waiter in removal.waiters.contains { $0 === waiter } }
        for waiter in removal.waiters { waiter.resume(.failure(SocketError.overloaded)) }
        settleFlushes()
    }

    // MARK: Room

    /// Sends the event of a caller that waits for it; with the policy `suspend`, as soon as the outbox has room.
    func send(_ packet: Packet, of socket: Socket, _ waiter: FlushWaiter) {
        guard io.settings.outbox.policy == .suspend else { return place(packet, of: socket, waiter) }
        let frames = encode(packet)
        let bytes = frames.reduce(0) { $0 + $1.byteCount }
        let limits = io.settings.outbox
        guard frames.count <= limits.maximumPackets, bytes <= limits.maximumBytes else {
            return waiter.resume(.failure(SocketError.overloaded))
        }
        guard waitingPackets.isEmpty, hasRoom(frames: frames.count, bytes: bytes) else {
            return waitingPackets.append(
                WaitingPacket(
                    socket: socket,
                    packet: packet.detached,
                    waiter: waiter,
                    frames: frames.count,
                    bytes: bytes
                )
            )
        }
        place(packet, of: socket, waiter)
    }

    /// Sends the packets that waited for room, in order, while there is room.
    func admitWaitingPackets() {
        while let next = waitingPackets.first, hasRoom(frames: next.frames, bytes: next.bytes) {
            waitingPackets.removeFirst()
            place(next.packet, of: next.socket, next.waiter)
        }
    }

    private func place(_ packet: Packet, of socket: Socket, _ waiter: FlushWaiter) {
        guard socket.isConnected else { return waiter.resume(.failure(SocketError.disconnected)) }
        socket.send(packet, awaitedBy: waiter)
        // If sending has ended the connection, this fails the caller.
        whenFlushed(waiter)
    }

    private func hasRoom(frames: Int, bytes: Int) -> Bool {
        let limits = io.settings.outbox
        // The frames of a response that isn't confirmed may be put back.
        return (transport.kind != .polling || transport.bufferedBytes == 0)
            && (handover?.heldCount ?? 0) + outbox.frames.count + frames <= limits.maximumPackets
            && outbox.byteCount + bytes <= limits.maximumBytes
    }
}

extension Packet {
    /// Whether the policy `dropOldest` may drop the packet: an event or a message without an acknowledgement.
    var isDroppable: Bool {
        switch self {
        case .event(_, nil, _, _), .message(_, nil, _): true
        default: false
        }
    }
}
