#if Redis
public import Logging
public import NIOCore
import NIOPosix

/// A client of one Redis server, with one connection for commands and, when they are used, another one for subscriptions.
public final class RedisClient: Sendable {
    package let settings: RedisSettings
    /// The loop on which the client does its work.
    package let eventLoop: any EventLoop

    /// Makes a client; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - settings: How to connect.
    ///   - eventLoop: The loop of the connections; nil for one of the loops of SwiftNIO's shared group.
    ///   - logger: For lost connections and refusals.
    public init(
        _ settings: RedisSettings,
        eventLoop: (any EventLoop)? = nil,
        logger: Logger = Logger(label: "gust.redis")
    ) {
        self.settings = settings
        self.eventLoop = eventLoop ?? MultiThreadedEventLoopGroup.singleton.next()
    }

    /// Begins to connect; without this method the first command does.
    public func start() {}

    /// Ends the connections.
    public func close() async {}

    /// Sends a command and returns its reply.
    ///
    /// - Throws: ``RedisError``.
    public func send(_ command: RedisCommand) async throws -> RESPValue { throw RedisError.closed }

    /// Sends a command; `completion` is called on the loop of the client.
    package func send(
        _ command: RedisCommand,
        deadline: Duration? = nil,
        _ completion: @escaping @Sendable (Result<RESPValue, RedisError>) -> Void
    ) {}

    /// Subscribes.
    package func subscribe(
        _ kind: RedisSubscriptionKind,
        _ name: ByteBuffer,
        receive: @escaping @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void
    ) -> RedisSubscription { RedisSubscription(kind, name, receive) }

    /// Calls `handler` with each change of the connections, on the loop of the client.
    package func observe(_ handler: @escaping @Sendable (RedisEvent) -> Void) {}
}
#endif
