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
        suspendedHandlers += 1
        if suspendedHandlers == server.settings.maximumSuspendedHandlers {
            transport.setReading(false)
            apply(.readingPaused)
        }
    }

    /// An async handler came to its end.
    func handlerResumed() {
        suspendedHandlers -= 1
        guard suspendedHandlers == server.settings.maximumSuspendedHandlers - 1 else { return }
        transport.setReading(true)
        apply(.readingResumed)
        resumeAll()
    }

    /// Lets everything go on that waited for the reading to.
    func resumeAll() {
        let waiting = whenResumed
        whenResumed = []
        for resume in waiting { resume() }
    }

    /// Calls `body` when this connection reads again; at once if it does.
    func whenReading(_ body: @escaping () -> Void) {
        if suspendedHandlers < server.settings.maximumSuspendedHandlers || machine.hasEnded {
            body()
        } else {
            whenResumed.append(body)
        }
    }
}
