import GustHTTP
import GustWire
import Logging
import NIOCore
import Synchronization

/// Sends packets: at once if the transport is writable, otherwise by way of the outbox.
extension Connection {
    /// Sends a packet, or keeps it in the outbox until the transport can send it.
    ///
    /// A volatile packet is dropped instead of kept.
    func send(_ packet: Packet, isVolatile: Bool = false) {
        guard machine.isOpen else { return }
        if obstacles.contains(.handover), handover?.hold(packet, isVolatile: isVolatile) == true {
            return boundHandover()
        }
        if sendsAtOnce { return write(packet) }
        if isVolatile, !transport.isWritable { return }
        keep(encode(packet), of: packet)
    }

    /// Sends a packet of a caller that waits until it has been sent.
    func send(_ packet: Packet, awaitedBy waiter: FlushWaiter) {
        guard machine.isOpen else { return }
        if obstacles.contains(.handover), handover?.hold(packet, isVolatile: false, awaitedBy: waiter) == true {
            return boundHandover()
        }
        if sendsAtOnce { return write(packet) }
        keep(encode(packet), of: packet, awaitedBy: waiter)
    }

    /// Sends a packet that was sent to this connection from elsewhere, in the order of the numbers of such packets.
    func send(posted shared: SharedPacket, isVolatile: Bool) {
        guard machine.isOpen else { return }
        if obstacles.contains(.handover), handover?.hold(shared, isVolatile: isVolatile) == true {
            return boundHandover()
        }
        guard shared.isCompressed else { return deliver(shared, isVolatile: isVolatile) }
        let packet = shared.packet(recovers: recovers)
        guard let key = shared.latestKey else { return send(packet, isVolatile: isVolatile) }
        if sendsAtOnce { return write(packet) }
        keep(encode(packet), of: packet, replacing: key)
    }

    /// Sends a packet of a broadcast.
    func send(_ shared: SharedPacket, isVolatile: Bool) {
        if obstacles.isEmpty, let webSocket, deliver(shared, to: webSocket) { return }
        guard obstacles.contains(.handover) else { return deliver(shared, isVolatile: isVolatile) }
        switch handover?.judge(shared, isVolatile: isVolatile) {
        case nil, .deliver: deliver(shared, isVolatile: isVolatile)
        case .hold: boundHandover()
        case .drop: return
        }
    }

    /// Sends the held packets, because the move to another loop is complete.
    func endHandover() {
        releaseHeld()
        handover = nil
    }

    private func releaseHeld() {
        for (packet, isVolatile, waiter) in handover?.release() ?? [] {
            deliver(packet, isVolatile: isVolatile, awaitedBy: waiter)
        }
        if !flushWaiters.isEmpty { placeHeldFlushes() }
    }

    /// Sends the held packets if there are more than may wait in the outbox; packets that are forwarded later follow them.
    private func boundHandover() {
        if handover?.heldCount ?? 0 > io.settings.outbox.maximumPackets { releaseHeld() }
    }

    /// Sends a packet that is one text message, as nearly all are, if the WebSocket is writable; false if nothing was sent.
    private func deliver(_ shared: SharedPacket, to webSocket: any WebSocketConnection) -> Bool {
        shared.withEncoded(for: kind) { encoded in
            guard encoded.isOneText, webSocket.sendIfWritable(encoded.text) else { return false }
            counters.packetsOut.add()
            counters.bytesOut.add(encoded.byteCount)
            return true
        }
    }

    private func deliver(_ shared: SharedPacket, isVolatile: Bool, awaitedBy waiter: FlushWaiter? = nil) {
        guard machine.isOpen else { return }
        let transport = transport
        let isWritable = transport.isWritable
        if isVolatile, !isWritable { return }
        let encoded = shared.encoded(for: kind)
        guard obstacles.isDisjoint(with: .ofTransport), isWritable else {
            return keep(
                encoded.frames,
                of: shared.packet,
                replacing: shared.latestKey,
                isCompressed: shared.isCompressed,
                awaitedBy: waiter
            )
        }
        counters.packetsOut.add()
        counters.bytesOut.add(encoded.byteCount)
        if let tap { for frame in encoded.frames { tap.record(frame, isSent: true) } }
        transport.write(encoded)
    }

    /// Whether a packet is written to the transport at once: no frame waits, frames aren't sent in batches, and the transport is writable.
    private var sendsAtOnce: Bool { sendsAtOnce(to: transport) }

    func sendsAtOnce(to transport: any Transport) -> Bool {
        obstacles.isDisjoint(with: .ofTransport) && transport.isWritable
    }

    /// Encodes a packet directly into the buffer of the transport.
    private func write(_ packet: Packet) {
        counters.packetsOut.add()
        var attachmentsFollow = false
        transport.write { buffer in
            let start = buffer.writerIndex
            attachmentsFollow = encoder.encode(packet, into: &buffer)
            counters.bytesOut.add(buffer.writerIndex - start)
            if let tap { tap.record(textIn: buffer, from: start) }
        }
        guard attachmentsFollow else { return }
        for attachment in encoder.attachments(of: packet) {
            counters.bytesOut.add(attachment.readableBytes)
            let frame = encoder.frame(attachment: attachment)
            if let tap { tap.record(frame, isSent: true) }
            transport.write(frame)
        }
    }

    /// Appends the frames of a packet to the outbox.
    ///
    /// - Parameters:
    ///   - frames: the frames.
    ///   - packet: the packet.
    ///   - key: the key of a packet that replaces an earlier one.
    ///   - isCompressed: whether the packet may be compressed.
    ///   - waiter: the caller that waits for the packet.
    private func keep(
        _ frames: [Frame],
        of packet: Packet,
        replacing key: LatestKey? = nil,
        isCompressed: Bool = true,
        awaitedBy waiter: FlushWaiter? = nil
    ) {
        if let key { note(outbox.remove(key)) }
        counters.packetsOut.add()
        let lengthBefore = outbox.byteCount
        outbox.append(frames)
        counters.bytesOut.add(outbox.byteCount - lengthBefore)
        if let tap { for frame in frames { tap.record(frame, isSent: true) } }
        if outbox.isMarked || key != nil || waiter != nil || !isCompressed {
            let mark = Outbox.Mark(
                isDroppable: packet.isDroppable,
                latestKey: key,
                isCompressed: isCompressed,
                waiter: waiter
            )
            outbox.markLast(frames.count, mark)
        }
        boundOutbox()
        scheduleFlush()
    }

    /// Writes the frames of the outbox to the transport, if the transport is writable.
    func flush() {
        isFlushScheduled = false
        guard !isSettling else { return }
        if !outbox.isEmpty, transport.isWritable {
            // A response to a poll has a limited number of frames, and the next poll fetches the others. The other transports get all
            // frames, because no event would cause another flush. Missed packets and the CONNECT behind them are in one response: a
            // client that loses the connection between two would ask for the packets of the first one again. Only clients that have
            // no limit ask for missed packets.
            writeWaiting(transport.kind == .polling && !isReplaying ? revision.rules.maximumBatch : .max)
            isReplaying = false
            noteRelease()
            if !waitingPackets.isEmpty { admitWaitingPackets() }
        }
        if !flushWaiters.isEmpty { settleFlushes() }
        // The event has a meaning for a connection that is being closed.
        if !machine.isOpen, isDrained { apply(.drained) }
    }

    /// Writes the oldest frames of the outbox to the transport, at most `count`.
    private func writeWaiting(_ count: Int) {
        let frames = outbox.removeFirst(count)
        guard transport.kind == .webSocket, outbox.takenMarks.contains(where: { !$0.isCompressed }) else {
            return transport.write(frames)
        }
        for (frame, mark) in zip(frames, outbox.takenMarks) { transport.write(frame, isCompressed: mark.isCompressed) }
    }

    func encode(_ packet: Packet) -> [Frame] {
        var text = ByteBuffer()
        let attachmentsFollow = encoder.encode(packet, into: &text)
        let frames: [Frame] = text.readableBytes > 0 ? [.text(text)] : []
        guard attachmentsFollow else { return frames }
        // The attachments are slices of the buffer that was read, and waiting frames must not keep that buffer.
        return frames + encoder.attachments(of: packet).map { encoder.frame(attachment: $0).detached }
    }

    /// Calls `body`, and delays the packets that it sends for ``settlingTime`` after the packets that were sent before.
    ///
    /// A client that awaits CONNECT and then registers its handlers would miss events that arrive in the same segment: Node's `ws`
    /// passes all messages of a segment on before awaiting code runs. With polling, the packets wait for the next poll anyway.
    func settling(_ body: () -> Void) {
        guard transport.kind == .webSocket else { return body() }
        guard !isSettling else {
            // This CONNECT waits in the outbox. The packets behind it are delayed by another ``settlingTime`` after it has been sent.
            settlingMarks.append(outbox.frames.count)
            return body()
        }
        transport.flush()
        isSettling = true
        body()
        guard !outbox.isEmpty else {
            isSettling = false
            return
        }
        scheduleSettled()
    }

    private func scheduleSettled() {
        shard.eventLoop.scheduleTask(in: Self.settlingTime) {
            self.run { $0.settled() }
        }
    }

    /// Sends the delayed packets, up to and including the next CONNECT if the outbox contains one.
    private func settled() {
        let mark = settlingMarks.isEmpty ? 0 : settlingMarks.removeFirst()
        if mark > 0, mark < outbox.frames.count, transport.isWritable, !machine.hasEnded {
            settlingMarks = settlingMarks.map { max(0, $0 - mark) }
            writeWaiting(mark)
            transport.flush()
            return scheduleSettled()
        }
        settlingMarks = []
        isSettling = false
        flush()
    }

    /// Long enough for a client to process CONNECT, and too short to be noticed by users.
    private static let settlingTime = TimeAmount.milliseconds(2)

    func scheduleFlush() {
        guard !isReceiving, !isSettling, !isFlushScheduled, transport.isWritable else { return }
        isFlushScheduled = true
        shard.eventLoop.execute { self.run { $0.flush() } }
    }

    private func boundOutbox() {
        let limits = io.settings.outbox
        guard outbox.byteCount > limits.maximumBytes || outbox.frames.count > limits.maximumPackets else { return }
        if limits.policy == .dropOldest {
            let removal = outbox.dropOldest(packets: limits.maximumPackets, bytes: limits.maximumBytes)
            io.droppedPackets.wrappingAdd(removal.packets, ordering: .relaxed)
            io.logger.debug("dropped packets", metadata: ["sid": "\(sid)", "count": "\(removal.packets)"])
            note(removal)
            // Other packets than events are never dropped, so the bounds may still be exceeded.
            guard outbox.byteCount > limits.maximumBytes || outbox.frames.count > limits.maximumPackets else { return }
        }
        let waiting = "\(outbox.frames.count) frames with \(outbox.byteCount) bytes waited to be sent"
        transportEnded(.outboxOverflow, DisconnectDetails(waiting))
    }

    /// Answers a pending poll with a noop.
    func releasePoll() {
        guard transport.kind == .polling, transport.isWritable else { return }
        transport.write(encode(.noop))
        noteRelease()
    }

    /// Passes ``ConnectionStateMachine/Event/pollReleased`` to the state machine if no poll is pending any more.
    func noteRelease() {
        if revision.rules.outlivesPolls, transport.kind == .polling, !transport.isWritable { apply(.pollReleased) }
    }

    /// Puts frames that a poll hasn't sent to the client back into the outbox, for the next poll, also while the connection is being
    /// closed.
    ///
    /// If the client has upgraded meanwhile, they are sent over the WebSocket, behind what that has sent before.
    func requeue(_ frames: [Frame]) {
        guard !machine.hasEnded else { return }
        if transport.kind == .polling {
            outbox.prepend(frames)
        } else {
            // The noop that ended a poll is of no use to a WebSocket.
            let packets = frames.filter { $0 != encode(.noop).first }
            guard !packets.isEmpty else { return }
            outbox.prepend(packets, keepsMarks: false)
        }
        if outbox.isMarked { note(outbox.removeReplaced()) }
        boundOutbox()
        flush()
    }
}
