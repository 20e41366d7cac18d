import NIOCore
import Synchronization

/// Stops reading from a client whose events cause more work than the server can do.
extension Connection {
    /// How many bytes wait to be sent in the outbox and in the transport; on another thread than the loop's, in the outbox only.
    var bufferedBytes: Int {
        isOnLoop ? outbox.byteCount + transport.bufferedBytes : outboxBytes.load(ordering: .relaxed)
    }

    /// Counts one more suspended async handler; at the bound, the connection stops reading.
    func handlerSuspended() {
        home.reading.suspendedHandlers += 1
        updateReading()
    }

    /// Counts one suspended async handler less.
    func handlerResumed() {
        home.reading.suspendedHandlers -= 1
        updateReading()
    }

    /// Stops reading until half of the work in the inbox of `shard` is done, because events of this client have filled that inbox.
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
            Int(home.reading.suspendedHandlers) >= io.settings.maximumSuspendedHandlers
            || !home.reading.congestedLoops.isEmpty
        guard pauses != home.reading.isPaused, !machine.hasEnded else { return }
        home.reading.isPaused = pauses
        if pauses {
            home.reading.holdsPackets = true
            transport.setReading(false)
            apply(.readingPaused)
        } else {
            apply(.readingResumed)
            // A frame that is being decoded is handled completely before.
            if isHandling { home.post { self.run { $0.goOn() } } } else { goOn() }
        }
    }

    /// Handles the packets that were received while reading was paused, and resumes reading unless it is paused again meanwhile.
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

    /// Calls all closures of ``whenReading(_:)``, because the connection has ended.
    func resumeAll() {
        let waiting = whenResumed
        whenResumed = []
        for resume in waiting { resume() }
    }

    /// Whether the packets of a client are handled when they are received, or aren't any more.
    var isReading: Bool { !home.reading.holdsPackets || machine.hasEnded }

    /// Calls `body` when the connection reads again: at once if reading isn't paused.
    func whenReading(_ body: @escaping () -> Void) {
        if isReading { body() } else { whenResumed.append(body) }
    }
}
