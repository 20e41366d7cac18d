import GustHTTP
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
}
