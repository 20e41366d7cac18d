public import GustAdapter
import GustHTTP
public import GustWire
import Synchronization

/// The adapter of a namespace in a cluster: each operation reaches the sockets of this node and, over a ``ClusterBus``, those of
/// the other nodes.
///
/// ```swift
/// settings.adapter = { local in ClusterAdapter(local, bus: bus, node: "web-1") }
/// ```
/// Requests to other nodes end at their deadline; the results name the nodes that were silent. An error of the bus is reported to
/// `SocketIO.onError(_:)`. Messages that can't be decoded, or have more than 128 MiB, are reported too and otherwise ignored.
public final class ClusterAdapter: Adapter {
    /// A request to the other nodes.
    struct Request {
        let answers: NodeAnswers
        /// Takes an answer, and the name of its node.
        let receive: @Sendable (ClusterMessage.Content, _ node: String?) -> Void
        /// Ends the request when its time is over.
        var deadline: Task<Void, Never>?
    }

    let local: any NodeAdapter
    let channel: any ClusterChannel
    private let clock: any Clock<Duration>
    let requests = Mutex<[ByteText: Request]>([:])
    /// The sessions of nodes that have shut down.
    let kept: KeptSessions
    let barrier = BroadcastBarrier()
    /// The offsets of this node begin here, so that two nodes don't use the same one.
    let firstOffset = UInt64.random(in: 0..<(1 << 62))
    let lastOffset = Atomic<UInt64>(0)

    /// Joins the channel of the namespace.
    ///
    /// - Parameters:
    ///   - local: the adapter for the sockets of this node.
    ///   - bus: carries the messages between the nodes.
    ///   - node: the name of this node, which no other node may have.
    ///   - clock: the clock of the deadlines of requests.
    public convenience init(
        _ local: any NodeAdapter,
        bus: any ClusterBus,
        node: String,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        let channel = BusChannel(bus, namespace: local.namespaceName, node: node)
        self.init(local, over: channel, clock: clock)
    }

    /// Joins a channel.
    package init(
        _ local: any NodeAdapter,
        over channel: any ClusterChannel,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.local = local
        self.channel = channel
        self.clock = clock
        kept = KeptSessions(local.sessionLimits, clock: clock)
        channel.join { [weak self] message in
            self?.handle(message)
        } failed: { [local] error in
            local.report(error, in: "cluster")
        }
    }

    /// The most requests of this node that may be unanswered at the same time.
    private static let maximumRequests = 10_000

    /// The most missing acknowledgements that are reported one by one.
    private static let maximumMissing = 100_000

    // MARK: Operations

    /// Sends a packet to the selected sockets of all nodes.
    public func broadcast(_ packet: NamespacePacket, to selection: SocketSelection) {
        let phase = barrier.begin()
        defer { barrier.end(phase) }
        let offset = nextOffset()
        kept.record(packet, to: selection, offset: offset)
        local.broadcast(packet, to: selection, offset: offset)
        publish(.broadcast(packet, selection, offset: offset))
    }

    /// Sends an event to the selected sockets of all nodes and adds their acknowledgements to `replies`.
    ///
    /// The sequence ends a second after the timeout at the latest.
    public func broadcast(
        _ name: String,
        _ arguments: Arguments,
        to selection: SocketSelection,
        timeout: Duration,
        replies: ReplyCollector
    ) {
        let packet = NamespacePacket.event(name: name, arguments)
        let answers = begin(timeout: timeout + channel.grace, isLocalDone: false) { content, _ in
            guard case .acknowledgement(_, let socket, let result) = content else { return }
            replies.add(result, from: socket)
        } finished: { outcome in
            // The format of some nodes has no word for a socket that didn't acknowledge.
            for _ in 0..<min(outcome.missingCount, Self.maximumMissing) { replies.add(.failure(.timedOut), from: nil) }
            replies.finish(silentNodes: outcome.silentNodes)
        } content: { request in
            .ask(request: request, packet, selection, timeout: timeout)
        }
        let own = ReplyCollector {
            replies.add($0.result, from: $0.socketID)
        } finished: { _ in
            answers.localDone()
        }
        local.broadcast(name, arguments, to: selection, timeout: timeout, replies: own)
    }

    /// Adds the selected sockets of all nodes to rooms.
    public func join(_ rooms: [String], _ selection: SocketSelection) {
        local.join(rooms, selection)
        publish(.join(rooms, selection))
    }

    /// Removes the selected sockets of all nodes from rooms.
    public func leave(_ rooms: [String], _ selection: SocketSelection) {
        local.leave(rooms, selection)
        publish(.leave(rooms, selection))
    }

    /// Disconnects the selected sockets of all nodes.
    public func disconnect(_ selection: SocketSelection, closingConnections: Bool) {
        local.disconnect(selection, closingConnections: closingConnections)
        publish(.disconnect(selection, closingConnections: closingConnections))
    }

    /// Snapshots of the selected sockets of all nodes.
    public func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots {
        let others = Mutex<[SocketSnapshot]>([])
        let silentNodes = await ask(timeout: timeout) { content, _ in
            if case .fetched(_, let snapshots) = content { others.withLock { $0 += snapshots } }
        } content: { request in
            .fetch(request: request, selection)
        }
        let own = await local.sockets(selection, timeout: timeout)
        return SocketSnapshots(own.snapshots + others.withLock { $0 }, silentNodes: silentNodes)
    }

    /// Calls the handlers for an event between servers on all other nodes.
    public func serverSideEmit(_ name: String, _ arguments: Arguments) {
        publish(.serverEvent(name: name, arguments))
    }

    /// Calls the handlers for an event between servers on all other nodes and returns their replies.
    ///
    /// A node without a handler, or whose handlers have failed, counts as silent.
    public func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        let replies = Mutex<[Arguments]>([])
        let unanswered = Mutex<[String]>([])
        let silentNodes = await ask(timeout: timeout) { content, node in
            guard case .serverReply(_, let arguments) = content else { return }
            if let arguments {
                replies.withLock { $0.append(arguments) }
            } else {
                unanswered.withLock { $0.append(node ?? NodeAnswers.unknownNode) }
            }
        } content: { request in
            .serverAsk(request: request, name: name, arguments)
        }
        return ServerReplies(replies.withLock { $0 }, silentNodes: silentNodes + unanswered.withLock { $0 })
    }

    /// The number of nodes on the bus, this one included.
    ///
    /// 1 if the bus fails; its error is reported.
    public func serverCount() async -> Int {
        do {
            return try await channel.otherNodes().count + 1
        } catch {
            local.report(error, in: "serverCount")
            return 1
        }
    }

    /// Leaves the bus and ends all requests.
    public func close() {
        channel.leave()
        kept.removeAll()
        for request in requests.withLock({ Array($0.values) }) { request.answers.giveUp() }
        local.close()
    }

    // MARK: Requests

    /// Publishes a request and waits until all other nodes have answered, or its time is over.
    ///
    /// - Parameters:
    ///   - timeout: how long the other nodes may take.
    ///   - onlySharing: whether only the nodes that know the messages for sessions must answer.
    ///   - receive: takes each answer, and the name of its node.
    ///   - content: makes the message for the id of the request.
    /// - Returns: the names of the nodes that haven't answered.
    func ask(
        timeout: Duration,
        onlySharing: Bool = false,
        receive: @escaping @Sendable (ClusterMessage.Content, _ node: String?) -> Void,
        content: (String) -> ClusterMessage.Content
    ) async -> [String] {
        let timeout = min(timeout, channel.requestTimeout ?? timeout)
        return await withCheckedContinuation { continuation in
            _ = begin(timeout: timeout, isLocalDone: true, onlySharing: onlySharing, receive: receive) { outcome in
                continuation.resume(returning: outcome.silentNodes)
            } content: { request in
                content(request)
            }
        }
    }

    /// Publishes a request.
    ///
    /// - Parameters:
    ///   - timeout: how long the other nodes may take.
    ///   - isLocalDone: whether nothing is awaited from this node.
    ///   - onlySharing: whether only the nodes that know the messages for sessions must answer.
    ///   - receive: takes each answer, and the name of its node.
    ///   - finished: is called once, when all nodes have answered or the time is over.
    ///   - content: makes the message for the id of the request.
    /// - Returns: the answers of the nodes.
    private func begin(
        timeout: Duration,
        isLocalDone: Bool,
        onlySharing: Bool = false,
        receive: @escaping @Sendable (ClusterMessage.Content, _ node: String?) -> Void,
        finished: @escaping @Sendable (NodeAnswers.Outcome) -> Void,
        content: (String) -> ClusterMessage.Content
    ) -> NodeAnswers {
        let id = channel.nextRequest()
        let key = ByteText(id)
        let answers = NodeAnswers(isLocalDone: isLocalDone) { [self] outcome in
            end(key)
            if !outcome.silentNodes.isEmpty { channel.forget(outcome.silentNodes) }
            finished(outcome)
        }
        let isAccepted = requests.withLock { requests in
            guard requests.count < Self.maximumRequests else { return false }
            requests[key] = Request(answers: answers, receive: receive)
            return true
        }
        guard isAccepted else {
            local.report(SocketError.overloaded, in: "cluster")
            answers.giveUp()
            return answers
        }
        let isPublished = publish(content(id))
        let deadline = Task { [self] in
            do {
                var nodes = try await channel.otherNodes()
                if onlySharing { nodes = OtherNodes(names: nodes.sharing, count: nodes.sharing.count) }
                answers.expect(nodes)
                if isPublished { try await clock.sleep(for: timeout) }
            } catch is CancellationError {
                return
            } catch {
                local.report(error, in: "cluster")
            }
            answers.giveUp()
        }
        let isOver = requests.withLock { requests in
            requests[key]?.deadline = deadline
            return requests[key] == nil
        }
        if isOver { deadline.cancel() }
        return answers
    }

    /// Forgets a request that is over.
    private func end(_ key: ByteText) {
        requests.withLock { $0.removeValue(forKey: key) }?.deadline?.cancel()
    }
}
