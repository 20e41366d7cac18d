#if Redis
import GustHTTP
import NIOCore
import Synchronization

/// Adds entries to a stream in their order, each once: when the connection is lost, the writer finds out which of the entries on the way Redis
/// has taken, and adds the others again.
final class StreamWriter: Sendable {
    private struct Pending {
        let number: Int
        let entry: StreamEntry
        let expiry: NIODeadline
        let completion: @Sendable (Result<StreamID, RedisError>) -> Void
    }

    private struct State {
        /// The entries that Redis hasn't confirmed, in their order.
        var pending = CircularBuffer<Pending>()
        /// How many of them were sent since the connection was made.
        var sent = 0
        var byteCount = 0
        /// The number of the entry that was added last.
        var lastNumber = 0
        /// The id of the last entry that was confirmed.
        var last: StreamID?
        /// Grows when the connection is lost: replies to what was sent before don't count any more.
        var generation = 0
        var isRecovering = false
    }

    private let stream: String
    private let client: RedisClient
    private let options: RedisStreamsAdapter.Options
    private let state = Mutex(State())

    init(_ stream: String, client: RedisClient, options: RedisStreamsAdapter.Options) {
        self.stream = stream
        self.client = client
        self.options = options
    }

    /// Adds an entry; the methods may be called from any thread.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - completion: is called once, on the loop of the client, in the order of the entries: with the id, or the reason why Redis
    ///     hasn't taken the entry in time.
    func add(_ entry: StreamEntry, _ completion: @escaping @Sendable (Result<StreamID, RedisError>) -> Void) {
        let size = entry.size
        let isAccepted = state.withLock { state in
            guard state.byteCount + size <= client.settings.maximumPendingBytes else { return false }
            state.byteCount += size
            let expiry = NIODeadline.now() + TimeAmount(options.publishTimeout)
            state.lastNumber += 1
            let pending = Pending(number: state.lastNumber, entry: entry, expiry: expiry, completion: completion)
            state.pending.append(pending)
            guard !state.isRecovering else { return true }
            state.sent += 1
            // Sent under the lock, so that the order of commands is that of the entries.
            send(pending, state.generation)
            return true
        }
        if !isAccepted { client.eventLoop.execute { completion(.failure(.overloaded)) } }
    }

    private func send(_ pending: Pending, _ generation: Int) {
        let command = pending.entry.command(stream: stream, maxLen: options.maxLen)
        // A command that waited in the client would overtake the entries that are added again.
        client.send(command, deadline: options.publishTimeout, needsConnection: true) { [self] result in
            switch result {
            // These come before the command is sent, perhaps at once and under the lock.
            case .failure(let error) where error == .overloaded || error == .closed:
                client.eventLoop.execute { self.refuse(pending.number, error, generation) }
            default: receive(result, generation)
            }
        }
    }

    /// Ends an entry that the client hasn't taken.
    private func refuse(_ number: Int, _ error: RedisError, _ generation: Int) {
        let refused = state.withLock { state -> Pending? in
            guard let index = state.pending.firstIndex(where: { $0.number == number }) else { return nil }
            let pending = state.pending.remove(at: index)
            state.byteCount -= pending.entry.size
            if state.generation == generation { state.sent -= 1 }
            return pending
        }
        refused?.completion(.failure(error))
    }

    private func receive(_ result: Result<RESPValue, RedisError>, _ generation: Int) {
        switch result {
        case .success(let reply):
            guard let id = reply.bytes.flatMap({ StreamID(String(buffer: $0)) }) else {
                return finishFirst(.failure(.malformedReply("XADD without an id")), generation)
            }
            finishFirst(.success(id), generation)
        case .failure(.connectionLost), .failure(.unreachable), .failure(.timedOut), .failure(.loading),
            .failure(.masterDown):
            beginRecovery(generation)
        case .failure(let error): finishFirst(.failure(error), generation)
        }
    }

    /// Ends the oldest entry.
    private func finishFirst(_ result: Result<StreamID, RedisError>, _ generation: Int) {
        let first = state.withLock { state -> Pending? in
            guard state.generation == generation, state.sent > 0 else { return nil }
            state.sent -= 1
            return Self.removeFirst(&state, result)
        }
        first?.completion(result)
    }

    private static func removeFirst(_ state: inout State, _ result: Result<StreamID, RedisError>) -> Pending? {
        guard let first = state.pending.popFirst() else { return nil }
        state.byteCount -= first.entry.size
        if case .success(let id) = result { state.last = id }
        return first
    }

    // MARK: Recovery

    private func beginRecovery(_ generation: Int) {
        let begins = state.withLock { state in
            guard state.generation == generation, !state.isRecovering else { return false }
            state.isRecovering = true
            state.generation += 1
            return true
        }
        if begins { recover() }
    }

    /// Finds out which of the sent entries Redis has taken; repeated until Redis can be asked, or all entries are too old.
    private func recover() {
        expire()
        let (start, isIdle) = state.withLock { state in
            if state.pending.isEmpty {
                state.isRecovering = false
                state.sent = 0
            }
            return (state.last?.successor.description ?? "-", state.pending.isEmpty)
        }
        guard !isIdle else { return }
        client.send(RedisCommand("XRANGE", stream, start, "+"), deadline: .seconds(1)) { [self] result in
            guard case .success(let reply) = result else {
                client.eventLoop.scheduleTask(in: .milliseconds(50)) { self.recover() }
                return
            }
            resume(after: RedisStream.entries(reply))
        }
    }

    /// Ends the entries that are in the stream, and sends the others.
    private func resume(after entries: [(StreamID, StreamEntry?)]) {
        var finished: [(Pending, StreamID)] = []
        state.withLock { state in
            for (id, entry) in entries where state.sent > 0 {
                guard let entry, let first = state.pending.first, first.entry.isSame(as: entry),
                    let pending = Self.removeFirst(&state, .success(id))
                else { continue }
                state.sent -= 1
                finished.append((pending, id))
            }
            state.isRecovering = false
            state.sent = state.pending.count
            for pending in state.pending { send(pending, state.generation) }
        }
        for (pending, id) in finished { pending.completion(.success(id)) }
    }

    /// Ends the entries that have waited too long.
    private func expire() {
        let now = NIODeadline.now()
        var expired: [Pending] = []
        state.withLock { state in
            while let first = state.pending.first, first.expiry <= now {
                guard let pending = Self.removeFirst(&state, .failure(.timedOut)) else { break }
                state.sent = max(0, state.sent - 1)
                expired.append(pending)
            }
        }
        for pending in expired { pending.completion(.failure(.timedOut)) }
    }
}

extension StreamEntry {
    /// About how many bytes the entry holds.
    var size: Int { 96 + node.utf8.count + namespace.utf8.count + (data?.readableBytes ?? 0) }

    /// Whether both are the same message, by bytes.
    func isSame(as other: StreamEntry) -> Bool {
        node.hasSameBytes(as: other.node) && namespace.hasSameBytes(as: other.namespace) && type == other.type
            && data == other.data
    }
}
#endif
