#if Redis
import GustAdapter
import GustCluster
import GustHTTP
import NIOCore
import Synchronization

/// The channel of a namespace over pub/sub, in the format of @socket.io/redis-adapter.
final class ClassicChannel: ClusterChannel {
    private let client: RedisClient
    private let settings: RedisAdapter
    private let format: ClassicFormat
    private let publisher: RedisPublisher
    /// The rooms of this node; nil if the node's adapter doesn't tell.
    private let rooms: (any RoomSource)?
    private let names = NodeNames()
    private let requests = RequestNumbers(length: 6)
    private let subscriptions = Mutex<[RedisSubscription]>([])

    /// `K#N#`, `K-request#N#` and `K-response#N#`.
    private let broadcastChannel: ByteBuffer
    private let requestChannel: ByteBuffer
    private let responseChannel: ByteBuffer

    let grace = Duration.milliseconds(100)
    var requestTimeout: Duration? { settings.requestsTimeout }

    init(_ settings: RedisAdapter, _ local: any NodeAdapter, node: String) {
        self.settings = settings
        client = settings.client
        let namespace = local.namespaceName
        format = ClassicFormat(node: node, namespace: namespace)
        publisher = RedisPublisher(settings.client, command: "PUBLISH", traffic: settings.traffic)
        // While a session comes from another node, this node records broadcasts to rooms in which it has no members yet.
        rooms = local.sessionLimits == nil ? local as? any RoomSource : nil
        rooms?.observeRooms { _, _ in }
        broadcastChannel = ByteBuffer(string: "\(settings.key)#\(namespace)#")
        requestChannel = ByteBuffer(string: "\(settings.key)-request#\(namespace)#")
        responseChannel = ByteBuffer(string: "\(settings.key)-response#\(namespace)#")
    }

    // MARK: Receiving

    func join(
        receive: @escaping @Sendable (ClusterMessage) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) {
        publisher.report(to: failed)
        let traffic = settings.traffic
        /// Calls `body`, which may throw because of what is on the bus.
        @Sendable func reading(_ body: () throws -> Void) {
            traffic.countReceived()
            do {
                try body()
            } catch {
                traffic.countMalformed()
                failed(error)
            }
        }
        let prefix = broadcastChannel.readableBytes
        let all = client.subscribe(.pattern, RedisPattern.matching(prefix: broadcastChannel)) {
            [weak self] channel, bytes in
            guard let self, isWanted(channel, after: prefix) else { return }
            reading {
                guard let message = try self.format.broadcast(bytes) else { return }
                self.names.note(message.node)
                receive(message)
            }
        }
        let requests = client.subscribe(.channel, requestChannel) { [weak self] _, bytes in
            reading { try self?.take(request: bytes, receive) }
        }
        let takeResponse = { @Sendable [weak self] (_: ByteBuffer, bytes: ByteBuffer) in
            reading {
                guard let message = try self?.format.response(bytes) else { return }
                receive(message)
            }
        }
        let responses = client.subscribe(.channel, responseChannel, receive: takeResponse)
        let own = client.subscribe(.channel, channel(responseChannel, format.node), receive: takeResponse)
        subscriptions.withLock { $0 = [all, requests, responses, own] }
        Task { [self] in
            do {
                try await requests.confirmed()
                try publish(.hello)
            } catch {
                failed(error)
            }
        }
    }

    /// Whether a broadcast on a channel can have receivers here: the channel of a room is of no interest without members.
    private func isWanted(_ channel: ByteBuffer, after prefix: Int) -> Bool {
        let room = channel.readableBytesView.dropFirst(prefix).dropLast()
        guard !room.isEmpty, let rooms else { return true }
        return rooms.hasMembers(String(decoding: room, as: UTF8.self))
    }

    private func take(request bytes: ByteBuffer, _ receive: (ClusterMessage) -> Void) throws {
        guard let request = try format.request(bytes) else { return }
        guard try !names.handle(request.message, answer: publish) else { return }
        receive(request.message)
        guard let confirmation = request.confirmation else { return }
        publisher.publish(format.confirmation(of: confirmation), on: responseChannel)
    }

    func leave() {
        settings.joined.leave(format.namespace)
        let subscriptions = subscriptions.withLock { subscriptions in
            defer { subscriptions = [] }
            return subscriptions
        }
        for subscription in subscriptions { subscription.cancel() }
        if let (_, bytes) = format.encode(.goodbye) {
            publisher.publish(bytes, on: requestChannel)
        }
    }

    // MARK: Sending

    func publish(_ content: ClusterMessage.Content) throws {
        guard let (destination, bytes) = format.encode(content) else { return }
        switch destination {
        case .broadcast(let room?): publisher.publish(bytes, on: channel(broadcastChannel, room))
        case .broadcast(nil): publisher.publish(bytes, on: broadcastChannel)
        case .request: publisher.publish(bytes, on: requestChannel)
        case .response: publisher.publish(bytes, on: responseChannel)
        }
    }

    func send(_ content: ClusterMessage.Content, to node: String?) throws {
        guard let (_, bytes) = format.encode(content) else { return }
        // The reference server waits for replies to events between servers on the common channel only.
        var isCommon = !settings.publishOnSpecificResponseChannel
        if case .serverReply = content { isCommon = true }
        let receiver = isCommon ? nil : node
        publisher.publish(bytes, on: receiver.map { channel(responseChannel, $0) } ?? responseChannel)
    }

    /// The channel of one room or one node.
    private func channel(_ prefix: ByteBuffer, _ name: String) -> ByteBuffer {
        var channel = prefix
        channel.writeString(name)
        channel.writeInteger(UInt8(ascii: "#"))
        return channel
    }

    // MARK: Nodes

    func otherNodes() async throws -> OtherNodes {
        // Before, this node wouldn't be counted.
        if let subscription = subscriptions.withLock({ $0.dropFirst().first }) { try await subscription.confirmed() }
        let reply = try await client.send(RedisCommand("PUBSUB", "NUMSUB", String(buffer: requestChannel)))
        return names.nodes(count: max(0, (reply.elements?.last?.integer ?? 1) - 1))
    }

    func forget(_ nodes: [String]) { names.forget(nodes) }

    func nextRequest() -> String { requests.next() }
}
#endif
