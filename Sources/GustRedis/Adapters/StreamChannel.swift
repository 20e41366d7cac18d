#if Redis
import GustAdapter
import GustCluster
import GustHTTP
import NIOCore
import Synchronization

/// The channel of a namespace over a stream, in the format of @socket.io/redis-streams-adapter: broadcasts and operations are entries of the
/// stream; requests and their answers are messages of pub/sub.
final class StreamChannel: ClusterChannel {
    let adapter: RedisStreamsAdapter
    let stream: RedisStream
    let format: ClusterMessageFormat
    private let publisher: RedisPublisher
    private let names = NodeNames()
    private let requests = RequestNumbers()
    private let subscriptions = Mutex<(list: [RedisSubscription], isOver: Bool)>(([], false))
    /// Whether clients can recover, so that packets carry the ids of their entries.
    private let recovers: Bool
    /// `P#N#`.
    private let channel: ByteBuffer
    /// What this node has added to the stream and hasn't read yet.
    private let own = Mutex<[StreamID: ClusterMessage.Content]>([:])

    let grace = Duration.milliseconds(100)
    var requestTimeout: Duration? { adapter.options.requestsTimeout }

    init(_ adapter: RedisStreamsAdapter, _ local: any NodeAdapter, node: String, stream: RedisStream) {
        self.adapter = adapter
        self.stream = stream
        recovers = local.sessionLimits != nil
        format = ClusterMessageFormat(node: node, namespace: local.namespaceName, isExtended: false)
        let isSharded = adapter.options.useShardedPubSub
        publisher = RedisPublisher(
            adapter.client,
            command: isSharded ? "SPUBLISH" : "PUBLISH",
            traffic: adapter.traffic
        )
        channel = ByteBuffer(string: "\(adapter.options.channelPrefix)#\(local.namespaceName)#")
    }

    // MARK: Receiving

    func join(
        receive: @escaping @Sendable (ClusterMessage) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) {
        publisher.report(to: failed)
        stream.join(format.namespace) { [weak self] id, entry in
            self?.take(entry, id, receive, failed)
        } ready: { [weak self] in
            self?.subscribe(receive, failed)
        }
    }

    private func take(
        _ entry: StreamEntry,
        _ id: StreamID,
        _ receive: (ClusterMessage) -> Void,
        _ failed: (any Error) -> Void
    ) {
        if entry.node.hasSameBytes(as: format.node) { return takeOwn(entry, id, receive, failed) }
        reading(receive, failed) {
            guard var message = try message(of: entry) else { return nil }
            if recovers, case .broadcast(let packet, let selection, _) = message.content {
                message.content = .broadcast(packet, selection, offset: id.description)
            }
            return message
        }
    }

    /// Passes on what this node has added; without recovery it was done when it was added.
    private func takeOwn(
        _ entry: StreamEntry,
        _ id: StreamID,
        _ receive: (ClusterMessage) -> Void,
        _ failed: (any Error) -> Void
    ) {
        guard recovers else { return }
        do {
            let known = own.withLock { $0.removeValue(forKey: id) }
            guard var content = try known ?? entry.content() else { return }
            if case .broadcast(let packet, let selection, _) = content {
                content = .broadcast(packet, selection, offset: id.description)
            }
            receive(ClusterMessage(from: format.node, content))
        } catch {
            failed(error)
        }
    }

    /// Subscribes when the stream is read, so that the other nodes count this one when it misses nothing.
    private func subscribe(
        _ receive: @escaping @Sendable (ClusterMessage) -> Void,
        _ failed: @escaping @Sendable (any Error) -> Void
    ) {
        let take = { @Sendable [weak self] (_: ByteBuffer, bytes: ByteBuffer) in
            guard let self else { return }
            reading(receive, failed) { try self.format.decode(bytes) }
        }
        let kind: RedisSubscriptionKind = adapter.options.useShardedPubSub ? .shard : .channel
        let all = subscriptions.withLock { state -> RedisSubscription? in
            guard !state.isOver else { return nil }
            let all = adapter.client.subscribe(kind, channel, receive: take)
            state.list = [all, adapter.client.subscribe(kind, channel(of: format.node), receive: take)]
            return all
        }
        guard let all else { return }
        Task { [self] in
            do {
                try await all.confirmed()
                try publish(.hello)
            } catch {
                failed(error)
            }
        }
    }

    /// Passes on the message that `read` returns; what is malformed is counted and reported.
    private func reading(
        _ receive: (ClusterMessage) -> Void,
        _ failed: (any Error) -> Void,
        _ read: () throws -> ClusterMessage?
    ) {
        adapter.traffic.countReceived()
        do {
            guard let message = try read() else { return }
            if try !names.handle(message, answer: publish) { receive(message) }
        } catch {
            adapter.traffic.countMalformed()
            failed(error)
        }
    }

    /// The message of an entry; nil if it isn't for this node.
    ///
    /// - Throws: An error if the entry is malformed.
    func message(of entry: StreamEntry) throws -> ClusterMessage? {
        // The stream passes entries of this namespace, and those of this node aren't read here.
        if entry.isPlainBroadcast, let data = entry.data, let plain = ClusterMessageFormat.plainBroadcast(data: data) {
            return ClusterMessage(from: entry.node, .broadcast(plain.packet, plain.selection, offset: nil))
        }
        return try format.decode(type: entry.type, entry.json(), from: entry.node, in: entry.namespace)
    }

    func leave() {
        adapter.joined.leave(format.namespace)
        stream.leave(format.namespace)
        let subscriptions = subscriptions.withLock { state in
            state.isOver = true
            defer { state.list = [] }
            return state.list
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
        switch content {
        case .broadcast, .join, .leave, .disconnect: add(content) { _ in }
        default:
            guard let bytes = try format.encode(content, isBinary: true) else { return }
            publisher.publish(bytes, on: channel)
        }
    }

    /// Adds a packet or an operation to the stream, from which this node receives it as the others do.
    ///
    /// - Parameters:
    ///   - content: what this node does, too, when it reads it.
    ///   - refused: is called instead if Redis hasn't taken it, on the loop of the client.
    func add(own content: ClusterMessage.Content, refused: @escaping @Sendable () -> Void) {
        add(content) { [stream, weak self] id in
            guard let id else { return refused() }
            // The reply to the command may come before the entry or after it.
            stream.whenReading { [weak self] position, start in
                if id <= start { return refused() }
                if id > position { self?.own.withLock { $0[id] = content } }
            }
        }
    }

    /// Adds an entry to the stream.
    ///
    /// - Parameters:
    ///   - content: the message.
    ///   - completion: is called once, on the loop of the client, with the id of the entry; nil if Redis hasn't taken it.
    func add(_ content: ClusterMessage.Content, _ completion: @escaping @Sendable (StreamID?) -> Void) {
        guard let (kind, data) = format.encodeData(content) else { return completion(nil) }
        let entry = StreamEntry(kind, data, from: format.node, in: format.namespace)
        stream.writer.add(entry) { [publisher] result in
            switch result {
            case .success(let id):
                publisher.succeeded()
                completion(id)
            case .failure(let error):
                publisher.failed(error)
                completion(nil)
            }
        }
    }

    func send(_ content: ClusterMessage.Content, to node: String?) throws {
        guard let node, let bytes = try format.encode(content, isBinary: true) else { return }
        publisher.publish(bytes, on: channel(of: node))
    }

    /// The channel of one node.
    private func channel(of node: String) -> ByteBuffer {
        var channel = channel
        channel.writeString(node)
        channel.writeInteger(UInt8(ascii: "#"))
        return channel
    }

    // MARK: Nodes

    func otherNodes() async throws -> OtherNodes {
        let subscription = subscriptions.withLock { $0.list.first }
        try await subscription?.confirmed()
        let question = adapter.options.useShardedPubSub ? "SHARDNUMSUB" : "NUMSUB"
        let reply = try await adapter.client.send(RedisCommand("PUBSUB", question, String(buffer: channel)))
        // This node is among them as soon as it has subscribed.
        let own = subscription == nil ? 0 : 1
        return names.nodes(count: max(0, (reply.elements?.last?.integer ?? own) - own))
    }

    func forget(_ nodes: [String]) { names.forget(nodes) }

    func nextRequest() -> String { requests.next() }
}
#endif
