public import GustAdapter
public import GustWire
import NIOCore
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
        /// Takes an answer.
        let receive: @Sendable (ClusterMessage.Content) -> Void
        /// Ends the request when its time is over.
        var deadline: Task<Void, Never>?
    }

    let local: any NodeAdapter
    let bus: any ClusterBus
    let node: String
    private let clock: any Clock<Duration>
    let requests = Mutex<[UInt64: Request]>([:])
    private let lastRequest = Atomic<UInt64>(0)
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
    public init(
        _ local: any NodeAdapter,
        bus: any ClusterBus,
        node: String,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.local = local
        self.bus = bus
        self.node = node
        self.clock = clock
        kept = KeptSessions(local.sessionLimits, clock: clock)
        bus.join(channel, as: node) { [weak self] bytes in self?.receive(bytes) }
    }

    var channel: String { local.namespaceName }

    /// The time that answers may take on their way, beyond the timeout of a request.
    private static let grace = Duration.seconds(1)

    /// The most requests of this node that may be unanswered at the same time.
    private static let maximumRequests = 10_000

    // MARK: Operations

    /// Sends a packet to the selected sockets of all nodes.
    public func broadcast(_ packet: NamespacePacket, to selection: SocketSelection) {
        let phase = barrier.begin()
        defer { barrier.end(phase) }
        let offset = nextOffset()
        kept.record(packet, to: selection, offset: offset)
        local.broadcast(packet, to: selection, offset: offset)
        publish(.broadcast(EncodedPacket(packet), EncodedSelection(selection), offset: offset))
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
        let packet = EncodedPacket(.event(name: name, arguments))
        let milliseconds = Int(timeout / .milliseconds(1))
        let answers = begin(timeout: timeout + Self.grace, isLocalDone: false) { content in
            guard case .acknowledgement(_, let socket, let arguments, let failure) = content else { return }
            do {
                let result: Result<Arguments, SocketError> =
                    if let arguments { .success(try arguments.arguments()) } else {
                        .failure(failure?.error ?? .disconnected)
                    }
                replies.add(result, from: socket)
            } catch {
                replies.add(.failure(.disconnected), from: socket)
            }
        } finished: { silentNodes in
            replies.finish(silentNodes: silentNodes)
        } content: { request in
            .ask(request: request, packet, EncodedSelection(selection), milliseconds: milliseconds)
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
        publish(.join(rooms, EncodedSelection(selection)))
    }

    /// Removes the selected sockets of all nodes from rooms.
    public func leave(_ rooms: [String], _ selection: SocketSelection) {
        local.leave(rooms, selection)
        publish(.leave(rooms, EncodedSelection(selection)))
    }

    /// Disconnects the selected sockets of all nodes.
    public func disconnect(_ selection: SocketSelection, closingConnections: Bool) {
        local.disconnect(selection, closingConnections: closingConnections)
        publish(.disconnect(EncodedSelection(selection), closingConnections: closingConnections))
    }

    /// Snapshots of the selected sockets of all nodes.
    public func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots {
        let others = Mutex<[SocketSnapshot]>([])
        let silentNodes = await ask(timeout: timeout) { content in
            if case .fetched(_, let snapshots) = content { others.withLock { $0 += snapshots } }
        } content: { request in
            .fetch(request: request, EncodedSelection(selection))
        }
        let own = await local.sockets(selection, timeout: timeout)
        return SocketSnapshots(own.snapshots + others.withLock { $0 }, silentNodes: silentNodes)
    }

    /// Calls the handlers for an event between servers on all other nodes.
    public func serverSideEmit(_ name: String, _ arguments: Arguments) {
        publish(.serverEvent(name: name, EncodedArguments(arguments)))
    }

    /// Calls the handlers for an event between servers on all other nodes and returns their replies.
    ///
    /// A node without a handler, or whose handlers have failed, counts as silent.
    public func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        let replies = Mutex<[Arguments]>([])
        let unanswered = Mutex<[String]>([])
        let silentNodes = await ask(timeout: timeout) { content in
            guard case .serverReply(_, let node, let arguments) = content else { return }
            do {
                guard let arguments = try arguments?.arguments() else { return unanswered.withLock { $0.append(node) } }
                replies.withLock { $0.append(arguments) }
            } catch {
                unanswered.withLock { $0.append(node) }
            }
        } content: { request in
            .serverAsk(request: request, name: name, EncodedArguments(arguments))
        }
        return ServerReplies(replies.withLock { $0 }, silentNodes: silentNodes + unanswered.withLock { $0 })
    }

    /// The number of nodes on the bus, this one included.
    ///
    /// 1 if the bus fails; its error is reported.
    public func serverCount() async -> Int {
        do {
            return try await bus.otherNodes(on: channel, than: node).count + 1
        } catch {
            local.report(error, in: "serverCount")
            return 1
        }
    }

    /// Leaves the bus and ends all requests.
    public func close() {
        bus.leave(channel, as: node)
        kept.removeAll()
        for request in requests.withLock({ Array($0.values) }) { request.answers.giveUp() }
        local.close()
    }

    // MARK: Requests

    /// Publishes a request and waits until all other nodes have answered, or its time is over.
    ///
    /// - Returns: the names of the nodes that haven't answered.
    func ask(
        timeout: Duration,
        receive: @escaping @Sendable (ClusterMessage.Content) -> Void,
        content: (UInt64) -> ClusterMessage.Content
    ) async -> [String] {
        await withCheckedContinuation { continuation in
            _ = begin(timeout: timeout, isLocalDone: true, receive: receive) { silentNodes in
                continuation.resume(returning: silentNodes)
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
    ///   - receive: takes the answers.
    ///   - finished: is called once, with the names of the silent nodes, when all nodes have answered or the time is over.
    ///   - content: makes the message for a number of the request.
    /// - Returns: the answers of the nodes.
    private func begin(
        timeout: Duration,
        isLocalDone: Bool,
        receive: @escaping @Sendable (ClusterMessage.Content) -> Void,
        finished: @escaping @Sendable ([String]) -> Void,
        content: (UInt64) -> ClusterMessage.Content
    ) -> NodeAnswers {
        let id = lastRequest.wrappingAdd(1, ordering: .relaxed).newValue
        let answers = NodeAnswers(isLocalDone: isLocalDone) { [self] silentNodes in
            end(id)
            finished(silentNodes)
        }
        let isAccepted = requests.withLock { requests in
            guard requests.count < Self.maximumRequests else { return false }
            requests[id] = Request(answers: answers, receive: receive)
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
                answers.expect(try await bus.otherNodes(on: channel, than: node))
                if isPublished { try await clock.sleep(for: timeout) }
            } catch is CancellationError {
                return
            } catch {
                local.report(error, in: "cluster")
            }
            answers.giveUp()
        }
        let isOver = requests.withLock { requests in
            requests[id]?.deadline = deadline
            return requests[id] == nil
        }
        if isOver { deadline.cancel() }
        return answers
    }

    /// Forgets a request that is over.
    private func end(_ id: UInt64) {
        requests.withLock { $0.removeValue(forKey: id) }?.deadline?.cancel()
    }
}
