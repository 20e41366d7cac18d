#if Redis
import GustCluster
import NIOCore
import Synchronization

/// Publishes the messages of one namespace, and reports those that Redis doesn't take: the first one at once, and their number when Redis
/// takes messages again.
final class RedisPublisher: Sendable {
    private let client: RedisClient
    private let command: StaticString
    private let traffic: RedisTraffic
    private let failed = Mutex<(@Sendable (any Error) -> Void)?>(nil)

    /// Makes a publisher.
    ///
    /// - Parameters:
    ///   - client: the client.
    ///   - command: `PUBLISH` or `SPUBLISH`.
    ///   - traffic: counts the messages.
    init(_ client: RedisClient, command: StaticString, traffic: RedisTraffic) {
        self.client = client
        self.command = command
        self.traffic = traffic
    }

    /// Reports errors to `failed` from now on.
    func report(to failed: @escaping @Sendable (any Error) -> Void) { self.failed.withLock { $0 = failed } }

    /// Publishes a message; an error is reported later.
    func publish(_ bytes: ByteBuffer, on channel: ByteBuffer) {
        client.send(RedisCommand(command, channel, bytes)) { [self] result in
            switch result {
            case .success: succeeded()
            case .failure(let error): self.failed(error)
            }
        }
    }

    /// Counts a message that Redis has taken.
    func succeeded() {
        traffic.countPublished()
        let count = traffic.takeUnreported()
        if count > 0 { failed.withLock { $0 }?(LostMessages(count: count)) }
    }

    /// Counts a message that Redis hasn't taken.
    func failed(_ error: RedisError) {
        guard traffic.countLost() else { return }
        failed.withLock { $0 }?(error)
    }
}
#endif
