import Synchronization

/// The state of a connection, and the sequences that watch it.
final class StateObservers: Sendable {
    private struct Contents {
        var state = ClientState.idle
        var observers: [Int: AsyncStream<ClientState>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let contents = Mutex(Contents())

    /// The state.
    var state: ClientState { contents.withLock { $0.state } }

    func tell(_ state: ClientState) {
        // Under the lock, so that every observer sees the states in their order; a yield wakes a task and runs no code of it.
        contents.withLock { contents in
            contents.state = state
            for observer in contents.observers.values { observer.yield(state) }
        }
    }

    /// The state, and those that follow; a slow reader misses the oldest of more than a hundred.
    func states() -> AsyncStream<ClientState> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ClientState.self,
            bufferingPolicy: .bufferingNewest(100)
        )
        let (number, isFinished) = contents.withLock { contents in
            defer { contents.next += 1 }
            if !contents.isFinished { contents.observers[contents.next] = continuation }
            continuation.yield(contents.state)
            return (contents.next, contents.isFinished)
        }
        guard !isFinished else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.contents.withLock { $0.observers[number] = nil }
        }
        return stream
    }

    /// Ends all sequences.
    func finish() {
        let observers = contents.withLock { contents in
            defer { contents.observers = [:] }
            contents.isFinished = true
            return contents.observers
        }
        for observer in observers.values { observer.finish() }
    }
}
