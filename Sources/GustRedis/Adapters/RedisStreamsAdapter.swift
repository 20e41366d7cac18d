#if Redis
public import GustCluster
import GustHTTP
import NIOCore
import Synchronization

/// The adapter for clusters over a stream of Redis, with the wire format of `@socket.io/redis-streams-adapter` 0.3: a message isn't lost while a
/// node is away from Redis, and clients continue their sessions on every node.
///
/// ```swift
/// let redis = RedisClient(RedisSettings())
/// let streams = RedisStreamsAdapter(redis)
/// settings.adapter = streams.adapter(for:)
/// settings.recovery = SocketIOSettings.Recovery()
/// ```
/// With recovery, every event without an acknowledgement goes through the stream before it is sent, also one to a single socket: a
/// client that returns gets what it missed from any node, also after its own node has restarted. While Redis is away, messages
/// wait for ``publishTimeout``; then they reach the sockets of this node only, which ``traffic`` counts. One adapter serves all namespaces of
/// a server.
public final class RedisStreamsAdapter: Sendable {
    /// The options, with the names and the default values of the reference adapter.
    public struct Options: Sendable {
        /// The key of the stream, which all nodes of a cluster must share.
        public var streamName = "socket.io"
        /// The number of streams over which the namespaces are spread; with more than one, each key ends in `-` and a number.
        public var streamCount = 1
        /// The prefix of the pub/sub channels for requests and their answers.
        public var channelPrefix = "socket.io"
        /// Whether requests use sharded pub/sub (Redis 7).
        public var useShardedPubSub = false
        /// About how many entries a stream keeps.
        public var maxLen = 10_000
        /// How many entries are read at once.
        public var readCount = 100
        /// How long a read waits for entries.
        public var blockTime: Duration = .seconds(5)
        /// The prefix of the keys of sessions.
        public var sessionKeyPrefix = "sio:session:"
        /// Whether messages never hold byte strings, so that they needn't be encoded for them.
        public var onlyPlaintext = false
        /// The longest time that other nodes may take to answer a request.
        public var requestsTimeout: Duration = .seconds(5)
        /// How long a message may wait for Redis.
        public var publishTimeout: Duration = .seconds(10)

        /// Makes the default options.
        public init() {}
    }

    let client: RedisClient
    let options: Options
    /// Counts the messages of all namespaces.
    public let traffic = RedisTraffic()
    let joined = JoinedNamespaces()
    private let streams = Mutex<[ByteText: RedisStream]>([:])

    /// Makes an adapter; its readers connect when the first namespace is made.
    public init(_ client: RedisClient, options: Options = Options()) {
        self.client = client
        self.options = options
    }

    /// The adapter of a namespace, for `SocketIOSettings.adapter`.
    public func adapter(for local: any NodeAdapter) -> any Adapter {
        joined.join(local) {
            let node = NodeName.random(length: 16)
            let channel = StreamChannel(self, local, node: node, stream: stream(of: local.namespaceName))
            return StreamAdapter(local, over: channel)
        }
    }

    /// The stream of a namespace.
    func stream(of namespace: String) -> RedisStream {
        let name = options.streamName(of: namespace)
        return streams.withLock { streams in
            if let stream = streams[ByteText(name)] { return stream }
            let stream = RedisStream(name, client: client, options: options)
            streams[ByteText(name)] = stream
            return stream
        }
    }
}

extension RedisStreamsAdapter.Options {
    /// The key of the stream of a namespace: that of the only stream, or one that a hash of the namespace selects.
    ///
    /// The hash is that of `hashCode` of `@socket.io/redis-streams-adapter`; its remainder can be negative, as in JavaScript.
    func streamName(of namespace: String) -> String {
        guard streamCount > 1 else { return streamName }
        let hash = namespace.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
        return "\(streamName)-\(Int(hash) % streamCount)"
    }
}
#endif
