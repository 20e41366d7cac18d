import GustHTTP
import NIOCore
import Synchronization

/// The shards of one endpoint, one for each loop that a request of it ever came from.
final class LoopShards: Sendable {
    private let shards = Mutex<[LoopShard]>([])

    /// The shard of `executor`'s loop, made at the first request from there.
    ///
    /// Asked once a request, never for a message.
    func shard(for executor: LoopExecutor) -> LoopShard {
        shards.withLock { shards in
            if let shard = shards.first(where: { $0.eventLoop === executor.eventLoop }) { return shard }
            let shard = LoopShard(executor: executor)
            shards.append(shard)
            return shard
        }
    }

    /// All shards by now.
    var all: [LoopShard] { shards.withLock { $0 } }

    /// Whether there is no other loop to reach.
    var isSingle: Bool { shards.withLock { $0.count < 2 } }

    /// Calls `body` on each loop: in place on the caller's, behind what was posted before on the others.
    ///
    /// Visits that follow each other are posted in the same order to all loops, so that a socket that moves between two of
    /// them is found by each visit on at least one.
    /// - Parameters:
    ///   - weight: how many bytes `body` holds.
    ///   - isRefusable: whether nothing is done at all if a loop has too much to do.
    ///   - body: is called once on each loop.
    /// - Returns: the other loops; nil if the visit was refused.
    @discardableResult
    func visit(
        weight: Int = 0,
        isRefusable: Bool = false,
        _ body: @escaping @Sendable (LoopShard) -> Void
    ) -> Visit? {
        let visit = shards.withLock { shards -> Visit? in
            guard shards.count > 1 || !(shards.first?.eventLoop.inEventLoop ?? true) else {
                return Visit(home: shards.first, others: [])
            }
            let home = shards.first { $0.eventLoop.inEventLoop }
            let others = shards.filter { $0 !== home }
            guard !isRefusable || !others.contains(where: \.inbox.isFull) else { return nil }
            for shard in others { shard.inbox.append(weight: weight) { body(shard) } }
            return Visit(home: home, others: others)
        }
        if let home = visit?.home { body(home) }
        return visit
    }

    /// Where a visit came by.
    struct Visit {
        /// The caller's loop, if it is one of the endpoint's.
        let home: LoopShard?
        /// All others.
        let others: [LoopShard]
    }
}
