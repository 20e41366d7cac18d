import NIOCore

/// Waiting for a client that takes nothing, and making one wait that sends too much.
extension Connection {
    /// How many bytes wait to be sent, here and in the transport.
    var bufferedBytes: Int { outbox.byteCount + transport.bufferedBytes }

    /// Resumes `continuation` once nothing waits in the outbox; fails it if the connection ends before.
    func whenFlushed(_ continuation: CheckedContinuation<Void, any Error>) {
        guard machine.isOpen else { return continuation.resume(throwing: SocketError.disconnected) }
        whenFlushed.append(continuation)
        // Whatever is in the outbox, or held, has its flush to come.
        if isDrained { succeedFlushes() }
    }

    /// Whether nothing waits in the outbox or for the end of a move.
    var isDrained: Bool { outbox.isEmpty && handover?.heldCount ?? 0 == 0 }

    func succeedFlushes() {
        guard !whenFlushed.isEmpty else { return }
        let waiting = whenFlushed
        whenFlushed = []
        for continuation in waiting { continuation.resume() }
    }

    func failFlushes() {
        let waiting = whenFlushed
        whenFlushed = []
        for continuation in waiting { continuation.resume(throwing: SocketError.disconnected) }
    }

    /// An async handler began to wait; past the bound, reading stops.
    func handlerSuspended() {
        home.reading.suspendedHandlers += 1
        updateReading()
    }

    /// An async handler came to its end.
    func handlerResumed() {
        home.reading.suspendedHandlers -= 1
        updateReading()
    }

    /// A loop has more to do than it should, by what this client causes: reading stops until half of it is done.
    func pause(for shard: LoopShard) {
        guard !machine.hasEnded, home.reading.congestedLoops.insert(ObjectIdentifier(shard)).inserted else { return }
        updateReading()
        shard.inbox.whenRelieved {
            self.run { connection in
                connection.home.reading.congestedLoops.remove(ObjectIdentifier(shard))
                connection.updateReading()
            }
        }
    }

    private func updateReading() {
        let pauses =
            home.reading.suspendedHandlers >= io.settings.maximumSuspendedHandlers
            || !home.reading.congestedLoops.isEmpty
        guard pauses != home.reading.isPaused, !machine.hasEnded else { return }
        home.reading.isPaused = pauses
        if pauses {
            home.reading.holdsPackets = true
            transport.setReading(false)
            apply(.readingPaused)
        } else {
            apply(.readingResumed)
            // What is being decoded has to come to its end first.
            if isHandling { home.post { self.run { $0.goOn() } } } else { goOn() }
        }
    }

    /// Handles the packets that came while reading had stopped, then reads again, unless it stops again before.
    private func goOn() {
        guard !isHandling, !home.reading.isPaused, home.reading.holdsPackets else { return }
        isReceiving = true
        let shard = beginHandling()
        while !home.reading.isPaused, !machine.hasEnded, let packet = home.reading.next() { perform(packet) }
        endHandling(on: shard)
        isReceiving = false
        flush()
        guard !home.reading.isPaused, home.reading.isEmpty, !machine.hasEnded else { return }
        home.reading.holdsPackets = false
        transport.setReading(true)
        while !home.reading.isPaused, !whenResumed.isEmpty { whenResumed.removeFirst()() }
    }

    /// Lets everything go on that waited for the reading to, because the connection has ended.
    func resumeAll() {
        let waiting = whenResumed
        whenResumed = []
        for resume in waiting { resume() }
    }

    /// Calls `body` when this connection reads again; at once if it does.
    func whenReading(_ body: @escaping () -> Void) {
        if !home.reading.holdsPackets || machine.hasEnded { body() } else { whenResumed.append(body) }
    }
}
