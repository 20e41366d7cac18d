import GustAdapter
import GustWire
import NIOCore
import Synchronization

/// Messages from and to the other nodes.
extension ClusterAdapter {
    @discardableResult
    func publish(_ content: ClusterMessage.Content) -> Bool {
        do {
            try bus.publish(try ClusterMessage(from: node, content).encoded(), on: channel, from: node)
            return true
        } catch {
            local.report(error, in: "cluster")
            return false
        }
    }

    @discardableResult
    func send(_ content: ClusterMessage.Content, to receiver: String) -> Bool {
        do {
            try bus.send(try ClusterMessage(from: node, content).encoded(), to: receiver, on: channel)
            return true
        } catch {
            local.report(error, in: "cluster")
            return false
        }
    }

    func receive(_ bytes: ByteBuffer) {
        do {
            try handle(try ClusterMessage(bytes))
        } catch {
            local.report(error, in: "cluster")
        }
    }

    private func handle(_ message: ClusterMessage) throws {
        switch message.content {
        case .broadcast(let packet, let selection, let offset):
            let (packet, selection) = (try packet.packet(), selection.selection)
            kept.record(packet, to: selection, offset: offset)
            local.broadcast(packet, to: selection, offset: offset)
        case .join(let rooms, let selection): local.join(rooms, selection.selection)
        case .leave(let rooms, let selection): local.leave(rooms, selection.selection)
        case .disconnect(let selection, let closingConnections):
            local.disconnect(selection.selection, closingConnections: closingConnections)
        case .ask(let request, let packet, let selection, let milliseconds):
            try answer(message.node, request, try packet.packet(), selection.selection, .milliseconds(milliseconds))
        case .fetch(let request, let selection):
            Task { [self] in
                let snapshots = await local.sockets(selection.selection, timeout: .zero)
                send(.fetched(request: request, snapshots.snapshots), to: message.node)
            }
        case .serverEvent(let name, let arguments):
            let arguments = try arguments.arguments()
            Task { [local] in _ = await local.receiveServerSide(name, arguments) }
        case .serverAsk(let request, let name, let arguments):
            let arguments = try arguments.arguments()
            Task { [self] in
                let reply = await local.receiveServerSide(name, arguments).map(EncodedArguments.init)
                send(.serverReply(request: request, node: node, reply), to: message.node)
            }
        case .persist(let session): kept.insert(try session.session())
        case .restore(let request, let pid, let offset, let isKept):
            Task { [self] in await handOver(pid, after: offset, isKept: isKept, to: message.node, request) }
        case .acknowledgement(let request, _, _, _): received(message, request, announcing: nil)
        case .asked(let request, let replies): received(message, request, announcing: replies)
        case .fetched(let request, _), .serverReply(let request, _, _), .restored(let request, _):
            received(message, request, announcing: 1)
        }
    }

    /// Sends an event of another node to the sockets of this node, and their acknowledgements to that node.
    private func answer(
        _ receiver: String,
        _ request: UInt64,
        _ packet: NamespacePacket,
        _ selection: SocketSelection,
        _ timeout: Duration
    ) throws {
        guard case .event(let name, let arguments) = packet else { return }
        let counter = ReplyCounter()
        let replies = ReplyCollector { [self] reply in
            counter.increment()
            switch reply.result {
            case .success(let arguments):
                send(
                    .acknowledgement(request: request, socket: reply.socketID, EncodedArguments(arguments), nil),
                    to: receiver
                )
            case .failure(let error):
                send(.acknowledgement(request: request, socket: reply.socketID, nil, .init(error)), to: receiver)
            }
        } finished: { [self] _ in
            send(.asked(request: request, replies: counter.count), to: receiver)
        }
        local.broadcast(name, arguments, to: selection, timeout: timeout, replies: replies)
    }

    /// Takes an answer to a request of this node; an answer that comes too late is ignored.
    ///
    /// - Parameters:
    ///   - message: the answer.
    ///   - id: the number of the request.
    ///   - count: how many answers the node sends altogether; nil if this answer doesn't say.
    private func received(_ message: ClusterMessage, _ id: UInt64, announcing count: Int?) {
        guard let request = requests.withLock({ $0[id] }) else { return }
        request.receive(message.content)
        if case .asked = message.content {} else { request.answers.received(from: message.node) }
        if let count { request.answers.announced(count, by: message.node) }
        // No other node has the session.
        if case .restored(_, .some) = message.content { request.answers.giveUp() }
    }
}
