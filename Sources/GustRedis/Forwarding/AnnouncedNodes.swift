#if Redis
import GustHTTP
import Synchronization

/// The commands that announce the nodes of this process, normally one.
final class AnnouncedNodes: Sendable {
    private let list = Mutex<[ByteText: RedisCommand]>([:])

    var commands: [RedisCommand] { list.withLock { Array($0.values) } }

    func set(_ command: RedisCommand, for tag: String) { list.withLock { $0[ByteText(tag)] = command } }

    func remove(_ tag: String) { list.withLock { $0[ByteText(tag)] = nil } }
}
#endif
