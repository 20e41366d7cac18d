import GustHTTP
import NIOCore
import Synchronization

/// The shards of one endpoint, one for each loop on which a request of the endpoint was received.
final class LoopShards: Sendable {
    private let shards = Mutex<[LoopShard]>([])

    /// The shard of `executor`'s loop, made at the first request on that loop.
    ///
    /// Called once a request, never for a message.
    func shard(for executor: LoopExecutor) -> LoopShard {
        shards.withLock { shards in
            if let shard = shards.first(where: { $0.eventLoop === executor.eventLoop }) { return shard }
            let shard = LoopShard(executor: executor)
            executor.whenStopping { [weak shard] in shard?.isStopping.store(true, ordering: .relaxed) }
            shards.append(shard)
            return shard
        }
    }

    /// All shards that have been made.
    var all: [LoopShard] { shards.withLock { $0 } }

    /// The oldest shard whose loop goes on; nil if there is none.
    var oldestRunning: LoopShard? {
        shards.withLock { $0.first { !$0.isStopping.load(ordering: .relaxed) } }
    }

    /// Whether the endpoint has no shard on another loop.
    var isSingle: Bool { shards.withLock { $0.count < 2 } }

    /// Calls `body` on each loop: at once on the caller's loop, and after earlier work on the other loops.
    ///
    /// All visits are posted in the same order to all loops, so that each visit finds a socket that moves between two loops
    /// on at least one of them.
    /// - Parameters:
    ///   - weight: how many bytes `body` holds.
    ///   - isRefusable: whether nothing is done at all if a loop has too much to do.
    ///   - work: what `body` uses; given by itself, so that a closure which captures nothing takes no memory on the caller's loop.
    ///   - body: is called once on each loop.
    /// - Returns: the other loops; nil if the visit was refused.
    @discardableResult
    func visit<Work: Sendable>(
        weight: Int = 0,
        isRefusable: Bool = false,
        _ work: Work,
        _ body: @escaping @Sendable (Work, LoopShard) -> Void
    ) -> Visit? {
        let visit = shards.withLock { shards -> Visit? in
            guard shards.count > 1 || !(shards.first?.eventLoop.inEventLoop ?? true) else {
                return Visit(home: shards.first, others: [])
            }
            let home = shards.first { $0.eventLoop.inEventLoop }
            let others = shards.filter { $0 !== home }
            guard !isRefusable || !others.contains(where: \.inbox.isFull) else { return nil }
            for shard in others { shard.inbox.append(weight: weight) { body(work, shard) } }
            return Visit(home: home, others: others)
        }
        if let home = visit?.home { body(work, home) }
        return visit
    }

    /// Calls `body` on each loop, as ``visit(weight:isRefusable:_:_:)``, if it captures what it uses.
    @discardableResult
    func visit(
        weight: Int = 0,
        isRefusable: Bool = false,
        _ body: @escaping @Sendable (LoopShard) -> Void
    ) -> Visit? {
        visit(weight: weight, isRefusable: isRefusable, body) { body, shard in body(shard) }
    }

    /// Suspends until no inbox of a loop is over its bound.
    func whenTaken() async {
        for shard in all {
            await withCheckedContinuation { continuation in
                shard.inbox.whenRelieved { continuation.resume() }
            }
        }
    }

    /// The loops of a visit.
    struct Visit {
        /// The caller's loop, if it is one of the endpoint's.
        let home: LoopShard?
        /// All others.
        let others: [LoopShard]

        /// How many loops are visited.
        var loopCount: Int { others.count + (home == nil ? 0 : 1) }
    }
}
