#if Redis
public import Logging
public import NIOCore
import NIOPosix
import Synchronization

/// A client of one Redis server, with one connection for commands and, when it has subscriptions, another one for them.
///
/// ```swift
/// let redis = RedisClient(RedisSettings(.host("10.0.0.7")))
/// _ = try await redis.send(RedisCommand("SET", "greeting", "hello"))
/// let reply = try await redis.send(RedisCommand("GET", "greeting"))
/// ```
///
/// Commands of all threads are written in their order without waiting for replies. If the connection is lost, commands that have been written
/// fail with ``RedisError/connectionLost(_:)`` and are never repeated, because Redis may have executed them; further commands wait for the
/// next connection until their deadline. A lost connection is logged once, and so is each new reason why there is none.
///
/// A command that blocks, such as `XREAD` with `BLOCK`, holds up all commands after it, so it needs a client of its own. A client that isn't
/// used any more is closed.
public final class RedisClient: Sendable {
    package let settings: RedisSettings
    /// The loop on which the client does its work.
    package let eventLoop: any EventLoop

    private let observers = RedisObservers()
    private let pipeline: RedisPipeline
    private let subscriptions: RedisSubscriptions
    private let isClosed = Atomic<Bool>(false)

    /// Makes a client; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - settings: How to connect.
    ///   - eventLoop: The loop of the connections; nil for one of the loops of SwiftNIO's shared group.
    ///   - logger: For lost connections and refusals.
    public convenience init(
        _ settings: RedisSettings,
        eventLoop: (any EventLoop)? = nil,
        logger: Logger = Logger(label: "gust.redis")
    ) {
        self.init(
            settings,
            eventLoop: eventLoop ?? MultiThreadedEventLoopGroup.singleton.next(),
            connector: .network(settings),
            logger: logger
        )
    }

    /// Makes a client whose channels are made by `connector`.
    init(_ settings: RedisSettings, eventLoop: any EventLoop, connector: RedisConnector, logger: Logger) {
        self.settings = settings
        self.eventLoop = eventLoop
        let observers = observers
        func connection(_ purpose: RedisConnectionPurpose) -> RedisConnection {
            RedisConnection(
                purpose,
                settings,
                eventLoop: eventLoop,
                connector: connector,
                observers: observers,
                logger: logger
            )
        }
        pipeline = RedisPipeline(connection(.commands))
        subscriptions = RedisSubscriptions(connection(.subscriptions), pipeline, observers, logger)
    }

    deinit {
        // After the end there is nothing to do, and the loop may have ended too.
        guard !isClosed.load(ordering: .acquiring) else { return }
        let (pipeline, subscriptions) = (pipeline, subscriptions)
        eventLoop.execute {
            subscriptions.close()
            pipeline.close(nil)
        }
    }

    /// Begins to connect; without this method the first command does.
    public func start() {
        let pipeline = pipeline
        eventLoop.execute { pipeline.start() }
    }

    /// Ends the connections and refuses further commands with ``RedisError/closed``.
    ///
    /// Commands that have been written get their replies first, until their deadlines; commands that wait for a connection fail.
    public func close() async {
        isClosed.store(true, ordering: .releasing)
        let (pipeline, subscriptions) = (pipeline, subscriptions)
        let promise = eventLoop.makePromise(of: Void.self)
        eventLoop.execute {
            subscriptions.close()
            pipeline.close(promise)
        }
        // The promise doesn't fail.
        try? await promise.futureResult.get()
    }

    /// Sends a command and returns its reply.
    ///
    /// Cancelling the task doesn't end the wait.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - timeout: How long to wait for the reply, with the wait for a connection; nil for ``RedisSettings/commandTimeout``.
    /// - Returns: The reply, which isn't an error.
    /// - Throws: ``RedisError``.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws -> RESPValue {
        try await withCheckedThrowingContinuation { continuation in
            send(command, deadline: timeout) { continuation.resume(with: $0) }
        }
    }

    /// Sends a command without a task, from any thread.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - deadline: How long to wait for the reply, with the wait for a connection; nil for the timeout of the settings.
    ///   - needsConnection: Whether the command fails with ``RedisError/connectionLost(_:)`` if there is no connection.
    ///   - completion: Is called once, on the loop of the client; if the command is refused at once (``RedisError/overloaded``,
    ///     ``RedisError/closed``), before this method returns. Nil if nobody is interested in the reply.
    package func send(
        _ command: RedisCommand,
        deadline: Duration? = nil,
        needsConnection: Bool = false,
        _ completion: (@Sendable (Result<RESPValue, RedisError>) -> Void)?
    ) {
        let timeout = TimeAmount(deadline ?? settings.commandTimeout)
        let item = RedisInbox.Item(
            command: command,
            timeout: timeout,
            completion: completion,
            needsConnection: needsConnection
        )
        pipeline.send(item)
    }

    /// Publishes a message without a task, from any thread; see ``send(_:deadline:needsConnection:_:)``.
    ///
    /// `isSharded` publishes on a channel of a shard (`SPUBLISH`, Redis 7 and later).
    package func publish(
        _ payload: ByteBuffer,
        on channel: ByteBuffer,
        isSharded: Bool = false,
        _ completion: (@Sendable (Result<RESPValue, RedisError>) -> Void)? = nil
    ) {
        send(RedisCommand(isSharded ? "SPUBLISH" : "PUBLISH", channel, payload), completion)
    }

    /// The size of all commands without a reply, in bytes, with 64 bytes for each.
    package var pendingBytes: Int { pipeline.inbox.pending }

    /// Begins to receive messages, on a connection for subscriptions, which is made now if there is none.
    ///
    /// `receive` is called with each message, on the loop of the client and in the order of the server; it must not block. The subscription
    /// outlives lost connections, until ``RedisSubscription/cancel()``.
    package func subscribe(
        _ kind: RedisSubscriptionKind,
        _ name: ByteBuffer,
        receive: @escaping @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void
    ) -> RedisSubscription {
        let key = RedisSubscriptionKey(kind: kind, name: name)
        let subscription = RedisSubscription(key, subscriptions, eventLoop, receive)
        subscriptions.add(subscription)
        return subscription
    }

    /// Calls `handler` with each change of the connections from now on, on the loop of the client.
    package func observe(_ handler: @escaping @Sendable (RedisEvent) -> Void) {
        observers.add(handler)
    }
}
#endif
