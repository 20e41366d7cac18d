#if Redis
public import GustCluster

/// The adapter for clusters over the sharded pub/sub of Redis 7, with the wire format of `createShardedAdapter` of
/// `@socket.io/redis-adapter`.
///
/// ```swift
/// let redis = RedisClient(RedisSettings())
/// settings.adapter = RedisShardedAdapter(redis).adapter(for:)
/// ```
/// A message to one room reaches only the nodes on which the room has members. All nodes of a cluster must use the same mode. What is
/// published while Redis is away is lost, as with ``RedisAdapter``.
public struct RedisShardedAdapter: Sendable {
    /// Which rooms have channels of their own.
    public enum SubscriptionMode: Sendable {
        /// None: every node receives every message of the namespace.
        case `static`
        /// All but those of single sockets.
        case dynamic
        /// All.
        case dynamicPrivate
    }

    let client: RedisClient
    let joined = JoinedNamespaces()
    /// Counts the messages of all namespaces.
    public let traffic = RedisTraffic()
    /// The prefix of the channels, which all nodes of a cluster must share.
    public var channelPrefix = "socket.io"
    /// Which rooms have channels of their own; the same on all nodes.
    public var subscriptionMode = SubscriptionMode.dynamic
    /// The longest time that other nodes may take to answer a request.
    public var requestsTimeout: Duration = .seconds(5)

    /// Makes an adapter with the default settings of the reference server.
    public init(_ client: RedisClient) {
        self.client = client
    }

    /// Whether a room has a channel of its own.
    ///
    /// Rooms of single sockets are recognised by their length, as in the reference adapter.
    func hasChannel(_ room: String) -> Bool {
        switch subscriptionMode {
        case .static: false
        case .dynamic: room.utf16.count != 20
        case .dynamicPrivate: true
        }
    }

    /// The adapter of a namespace, for `SocketIOSettings.adapter`.
    public func adapter(for local: any NodeAdapter) -> any Adapter {
        joined.join(local) {
            ClusterAdapter(local, over: ShardedChannel(self, local, node: NodeName.random(length: 16)))
        }
    }
}
#endif
