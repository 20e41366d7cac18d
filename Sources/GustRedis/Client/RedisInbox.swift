#if Redis
import NIOCore
import Synchronization

/// Commands from all threads on their way to the loop of the client, and the size of all commands without a reply.
final class RedisInbox: Sendable {
    /// Is called with the reply or the error of a command.
    typealias Completion = @Sendable (Result<RESPValue, RedisError>) -> Void

    /// A command, how long it may take, and what is done with its reply.
    struct Item: Sendable {
        let command: RedisCommand
        let timeout: TimeAmount
        let completion: Completion?
        /// Whether the command fails if there is no connection, in place of waiting for one.
        var needsConnection = false

        /// The size for the bound, with the memory of the entries in queues.
        var size: Int { command.size + 64 }
    }

    /// What the sender of a command must do.
    enum Outcome {
        case wait
        /// Call ``takeAll()`` on the loop.
        case schedule
        case refuse(RedisError)
    }

    private struct State {
        var items: [Item] = []
        var isScheduled = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let pendingBytes = Atomic(0)
    private let maximumPendingBytes: Int

    init(maximumPendingBytes: Int) {
        self.maximumPendingBytes = maximumPendingBytes
    }

    /// The size of all commands without a reply.
    var pending: Int { pendingBytes.load(ordering: .relaxed) }

    func add(_ item: Item) -> Outcome {
        let size = item.size
        guard pendingBytes.wrappingAdd(size, ordering: .relaxed).newValue <= maximumPendingBytes else {
            release(size)
            return .refuse(.overloaded)
        }
        let outcome: Outcome = state.withLock { state in
            guard !state.isClosed else { return .refuse(.closed) }
            state.items.append(item)
            guard !state.isScheduled else { return .wait }
            state.isScheduled = true
            return .schedule
        }
        if case .refuse = outcome { release(size) }
        return outcome
    }

    /// The commands that were added since the last call.
    func takeAll() -> [Item] {
        state.withLock { state in
            state.isScheduled = false
            return state.items.exchange(with: [])
        }
    }

    /// Refuses further commands.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Commands of this size have got their reply.
    func release(_ size: Int) {
        pendingBytes.wrappingSubtract(size, ordering: .relaxed)
    }
}

extension Array {
    fileprivate mutating func exchange(with other: [Element]) -> [Element] {
        let old = self
        self = other
        return old
    }
}
#endif
