#if Redis
import GustAdapter
import GustCluster
import GustHTTP
import NIOCore
import Synchronization

/// The channel of a namespace over sharded pub/sub, in the format of the sharded adapter of @socket.io/redis-adapter.
final class ShardedChannel: ClusterChannel {
    private let client: RedisClient
    private let settings: RedisShardedAdapter
    private let format: ClusterMessageFormat
    private let publisher: RedisPublisher
    private let rooms: (any RoomSource)?
    /// Whether clients can recover.
    ///
    /// Then a packet for one room isn't published on the channel of the room: a client could return on a node that
    /// hasn't subscribed to it yet.
    private let recovers: Bool
    private let names = NodeNames()
    private let requests = RequestNumbers()

    private struct State {
        var subscriptions: [RedisSubscription] = []
        var rooms: [ByteText: RedisSubscription] = [:]
        var isOver = false
    }

    private let state = Mutex(State())
    /// `P#N#`.
    private let channel: ByteBuffer

    let grace = Duration.milliseconds(100)
    var requestTimeout: Duration? { settings.requestsTimeout }

    init(_ settings: RedisShardedAdapter, _ local: any NodeAdapter, node: String) {
        self.settings = settings
        client = settings.client
        format = ClusterMessageFormat(node: node, namespace: local.namespaceName, isExtended: false)
        publisher = RedisPublisher(settings.client, command: "SPUBLISH", traffic: settings.traffic)
        rooms = local as? any RoomSource
        recovers = local.sessionLimits != nil
        channel = ByteBuffer(string: "\(settings.channelPrefix)#\(local.namespaceName)#")
    }

    // MARK: Receiving

    func join(
        receive: @escaping @Sendable (ClusterMessage) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) {
        publisher.report(to: failed)
        let take = { @Sendable [weak self] (_: ByteBuffer, bytes: ByteBuffer) in
            guard let self else { return }
            settings.traffic.countReceived()
            do {
                if let message = try format.decode(bytes) { self.take(message, receive, failed) }
            } catch {
                settings.traffic.countMalformed()
                failed(error)
            }
        }
        let all = client.subscribe(.shard, channel, receive: take)
        let own = client.subscribe(.shard, channel(of: format.node), receive: take)
        state.withLock { $0.subscriptions = [all, own] }
        if settings.subscriptionMode != .static {
            rooms?.observeRooms { [weak self] room, exists in
                guard let self, settings.hasChannel(room) else { return }
                exists ? subscribe(to: room, take) : unsubscribe(from: room)
            }
        }
        Task { [self] in
            do {
                try await all.confirmed()
                try publish(.hello)
            } catch {
                failed(error)
            }
        }
    }

    private func take(
        _ message: ClusterMessage,
        _ receive: (ClusterMessage) -> Void,
        _ failed: (any Error) -> Void
    ) {
        do {
            if try !names.handle(message, answer: publish) { receive(message) }
        } catch {
            failed(error)
        }
    }

    private func subscribe(to room: String, _ take: @escaping @Sendable (ByteBuffer, ByteBuffer) -> Void) {
        state.withLock { state in
            guard !state.isOver, state.rooms[ByteText(room)] == nil else { return }
            state.rooms[ByteText(room)] = client.subscribe(.shard, channel(of: room), receive: take)
        }
    }

    private func unsubscribe(from room: String) {
        state.withLock { $0.rooms.removeValue(forKey: ByteText(room)) }?.cancel()
    }

    func leave() {
        settings.joined.leave(format.namespace)
        let subscriptions = state.withLock { state in
            state.isOver = true
            defer { (state.subscriptions, state.rooms) = ([], [:]) }
            return state.subscriptions + state.rooms.values
        }
        for subscription in subscriptions { subscription.cancel() }
        do {
            try publish(.goodbye)
        } catch {
            publisher.failed(.closed)
        }
    }

    // MARK: Sending

    func publish(_ content: ClusterMessage.Content) throws {
        guard let bytes = try format.encode(content) else { return }
        if !recovers, case .broadcast(_, let selection, _) = content, selection.rooms.count == 1,
            settings.hasChannel(selection.rooms[0])
        {
            publisher.publish(bytes, on: channel(of: selection.rooms[0]))
        } else {
            publisher.publish(bytes, on: channel)
        }
    }

    func send(_ content: ClusterMessage.Content, to node: String?) throws {
        guard let bytes = try format.encode(content), let node else { return }
        publisher.publish(bytes, on: channel(of: node))
    }

    /// The channel of one room or one node.
    private func channel(of name: String) -> ByteBuffer {
        var channel = channel
        channel.writeString(name)
        channel.writeInteger(UInt8(ascii: "#"))
        return channel
    }

    // MARK: Nodes

    func otherNodes() async throws -> OtherNodes {
        // Before, this node wouldn't be counted.
        if let subscription = state.withLock({ $0.subscriptions.first }) { try await subscription.confirmed() }
        let reply = try await client.send(RedisCommand("PUBSUB", "SHARDNUMSUB", String(buffer: channel)))
        return names.nodes(count: max(0, (reply.elements?.last?.integer ?? 1) - 1))
    }

    func forget(_ nodes: [String]) { names.forget(nodes) }

    func nextRequest() -> String { requests.next() }
}
#endif
