#if Redis
public import GustCluster

/// The adapter for clusters over the pub/sub of Redis, with the wire format of `@socket.io/redis-adapter`: nodes of Gust and of Node.js
/// serve one cluster.
///
/// ```swift
/// let redis = RedisClient(RedisSettings())
/// settings.adapter = RedisAdapter(redis).adapter(for:)
/// ```
/// Works with every version of Redis. A message that is published while Redis is away waits for ``RedisSettings/commandTimeout``; then it is
/// lost, counted in ``traffic`` and reported to `SocketIO.onError(_:)`. Every node receives every message of the namespace; with Redis 7,
/// ``RedisShardedAdapter`` sends those to rooms only to nodes with members.
public struct RedisAdapter: Sendable {
    let client: RedisClient
    let joined = JoinedNamespaces()
    /// Counts the messages of all namespaces.
    public let traffic = RedisTraffic()
    /// The prefix of the channels, which all nodes of a cluster must share.
    public var key = "socket.io"
    /// The longest time that other nodes may take to answer a request.
    public var requestsTimeout: Duration = .seconds(5)
    /// Whether answers go to a channel that only the asking node receives; nodes of older versions don't listen there.
    public var publishOnSpecificResponseChannel = false

    /// Makes an adapter with the default settings of the reference server.
    public init(_ client: RedisClient) {
        self.client = client
    }

    /// The adapter of a namespace, for `SocketIOSettings.adapter`.
    public func adapter(for local: any NodeAdapter) -> any Adapter {
        joined.join(local) {
            ClusterAdapter(local, over: ClassicChannel(self, local, node: NodeName.random(length: 6)))
        }
    }
}
#endif
