import GustWire
import Logging
import NIOCore

/// What leaves: at once if the transport takes it, else by way of the outbox.
extension Connection {
    /// Sends a packet, or keeps it in the outbox until the transport takes it.
    ///
    /// A volatile packet is dropped instead of kept.
    func send(_ packet: Packet, isVolatile: Bool = false) {
        guard machine.isOpen else { return }
        if handover?.hold(packet, isVolatile: isVolatile) == true { return boundHandover() }
        if !isBatching, outbox.isEmpty, !isSettling, transport.isWritable {
            counters.packetsOut.add()
            var attachmentsFollow = false
            transport.write { buffer in
                let start = buffer.writerIndex
                attachmentsFollow = encoder.encode(packet, into: &buffer)
                counters.bytesOut.add(buffer.writerIndex - start)
            }
            guard attachmentsFollow else { return }
            for attachment in encoder.attachments(of: packet) {
                counters.bytesOut.add(attachment.readableBytes)
                transport.write(encoder.frame(attachment: attachment))
            }
            return
        }
        if isVolatile, !transport.isWritable { return }
        counters.packetsOut.add()
        for frame in encode(packet) {
            counters.bytesOut.add(frame.byteCount)
            outbox.append(frame)
        }
        boundOutbox()
        scheduleFlush()
    }

    /// Sends a packet that was sent to this connection from elsewhere, in its place among what else was.
    func send(posted shared: SharedPacket, isVolatile: Bool) {
        guard machine.isOpen else { return }
        if handover?.hold(shared, isVolatile: isVolatile) == true { return boundHandover() }
        send(shared.packet(recovers: recovers), isVolatile: isVolatile)
    }

    /// Sends a packet that many get.
    func send(_ shared: SharedPacket, isVolatile: Bool) {
        switch handover?.judge(shared, isVolatile: isVolatile) {
        case nil, .deliver: deliver(shared, isVolatile: isVolatile)
        case .hold: boundHandover()
        case .drop: return
        }
    }

    /// The move to another loop is over: what was held is sent.
    func endHandover() {
        releaseHeld()
        handover = nil
    }

    private func releaseHeld() {
        for (packet, isVolatile) in handover?.release() ?? [] { deliver(packet, isVolatile: isVolatile) }
    }

    /// More is held than may wait in the outbox: it goes, though what is forwarded yet will come behind it.
    private func boundHandover() {
        if handover?.heldCount ?? 0 > io.settings.outbox.maximumPackets { releaseHeld() }
    }

    private func deliver(_ shared: SharedPacket, isVolatile: Bool) {
        guard machine.isOpen else { return }
        let isWritable = transport.isWritable
        if isVolatile, !isWritable { return }
        let encoded = shared.encoded(by: encoder, revision: revisionIndex, recovers: recovers)
        counters.packetsOut.add()
        counters.bytesOut.add(encoded.byteCount)
        if !isBatching, outbox.isEmpty, !isSettling, isWritable {
            return transport.write(encoded)
        }
        for frame in encoded.frames { outbox.append(frame) }
        boundOutbox()
        scheduleFlush()
    }

    /// Hands the outbox to the transport, if it takes it now.
    func flush() {
        isFlushScheduled = false
        guard !isSettling else { return }
        if !outbox.isEmpty, transport.isWritable {
            // Only a poll leaves a rest behind: the next one comes for it. Other transports take all, or nobody would.
            transport.write(outbox.removeFirst(transport.kind == .polling ? revision.rules.maximumBatch : .max))
            noteRelease()
        }
        guard isDrained else { return }
        apply(.drained)
        succeedFlushes()
    }

    /// What says that it is over, if this generation and this transport do.
    ///
    /// Where the end is always said, clients take it for final. Who is to come again is told what a client of a session
    /// that nobody knows is told.
    func closePacket(for reason: CloseReason) -> Frame? {
        if revision.announcesClose, reason.invitesAnotherConnection {
            return .text(revision.refusal(.unknownSession).body)
        }
        return transport.kind == .polling || revision.announcesClose ? encode(.close).first : nil
    }

    /// What gives a pending poll back to a client that is gone, or going elsewhere, without saying anything.
    var releasingFrame: Frame? { transport.kind == .polling ? encode(.noop).first : nil }

    func encode(_ packet: Packet) -> [Frame] {
        var text = ByteBuffer()
        encoder.encode(packet, into: &text)
        // They wait, and must not keep the read that they are slices of.
        let attachments = encoder.attachments(of: packet).map { encoder.frame(attachment: $0).detached }
        return (text.readableBytes > 0 ? [.text(text)] : []) + attachments
    }

    /// Calls `body`, and lets what it sends follow a moment after what was sent before.
    ///
    /// Clients that await the answer to CONNECT and only then listen for events would otherwise miss those that come in
    /// the same segment: Node's `ws` hands all messages of a segment over before any awaiting code runs. On a polling
    /// transport the next poll gives them that time anyway.
    func settling(_ body: () -> Void) {
        guard transport.kind == .webSocket else { return body() }
        guard !isSettling else {
            // The CONNECT waits behind what settles already: what follows it leaves as long after it.
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

    /// The client has had its time: what settled leaves, up to the next CONNECT if there is one in it.
    private func settled() {
        let mark = settlingMarks.isEmpty ? 0 : settlingMarks.removeFirst()
        if mark > 0, mark < outbox.frames.count, transport.isWritable, !machine.hasEnded {
            settlingMarks = settlingMarks.map { max(0, $0 - mark) }
            transport.write(outbox.removeFirst(mark))
            transport.flush()
            return scheduleSettled()
        }
        settlingMarks = []
        isSettling = false
        flush()
    }

    /// Long enough for a client to wake up and read, too short for anybody to notice.
    private static let settlingTime = TimeAmount.milliseconds(2)

    func scheduleFlush() {
        guard !isReceiving, !isSettling, !isFlushScheduled, transport.isWritable else { return }
        isFlushScheduled = true
        shard.eventLoop.execute { self.run { $0.flush() } }
    }

    private func boundOutbox() {
        let limits = io.settings.outbox
        guard outbox.byteCount > limits.maximumBytes || outbox.frames.count > limits.maximumPackets else { return }
        switch limits.policy {
        case .disconnect:
            let waiting = "\(outbox.frames.count) frames with \(outbox.byteCount) bytes waited to be sent"
            transportEnded(.outboxOverflow, DisconnectDetails(waiting))
        case .dropOldest:
            let dropped = outbox.dropOldest(packets: limits.maximumPackets, bytes: limits.maximumBytes)
            io.logger.debug("dropped packets", metadata: ["sid": "\(sid)", "count": "\(dropped)"])
        }
    }

    /// Ends a pending poll with nothing to say.
    func releasePoll() {
        guard transport.kind == .polling, transport.isWritable else { return }
        transport.write(encode(.noop))
        noteRelease()
    }

    /// A poll was answered, or given up by its client.
    func noteRelease() {
        if revision.rules.outlivesPolls, transport.kind == .polling, !transport.isWritable { apply(.pollReleased) }
    }

    /// Takes back what didn't reach the client, for the next poll; the one that a closing session waits for, too.
    func requeue(_ frames: [Frame]) {
        guard !machine.hasEnded, transport.kind == .polling else { return }
        outbox.prepend(frames)
        flush()
    }
}
