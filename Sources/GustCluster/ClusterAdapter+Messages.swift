import GustAdapter
import GustHTTP
import GustWire
import Synchronization

/// Messages from and to the other nodes.
extension ClusterAdapter {
    @discardableResult
    func publish(_ content: ClusterMessage.Content) -> Bool {
        do {
            try channel.publish(content)
            return true
        } catch {
            local.report(error, in: "cluster")
            return false
        }
    }

    @discardableResult
    func send(_ content: ClusterMessage.Content, to receiver: String?) -> Bool {
        do {
            try channel.send(content, to: receiver)
            return true
        } catch {
            local.report(error, in: "cluster")
            return false
        }
    }

    func handle(_ message: ClusterMessage) {
        let node = message.node
        switch message.content {
        case .broadcast(let packet, let selection, let given):
            // A server of Node gives none. Then each node has one of its own, and a client that moves may get a packet twice, but misses none.
            let offset = given ?? nextOffset()
            kept.record(packet, to: selection, offset: offset)
            local.broadcast(packet, to: selection, offset: offset)
        case .join(let rooms, let selection): local.join(rooms, selection)
        case .leave(let rooms, let selection): local.leave(rooms, selection)
        case .disconnect(let selection, let closingConnections):
            local.disconnect(selection, closingConnections: closingConnections)
        case .ask(let request, let packet, let selection, let timeout):
            answer(node, request, packet, selection, timeout)
        case .fetch(let request, let selection):
            Task { [self] in
                let snapshots = await local.sockets(selection, timeout: .zero)
                send(.fetched(request: request, snapshots.snapshots), to: node)
            }
        case .serverEvent(let name, let arguments):
            Task { [local] in _ = await local.receiveServerSide(name, arguments) }
        case .serverAsk(let request, let name, let arguments):
            Task { [self] in
                let reply = await local.receiveServerSide(name, arguments)
                send(.serverReply(request: request, reply), to: node)
            }
        case .persist(let session): kept.insert(session)
        case .restore(let request, let pid, let offset, let isKept):
            Task { [self] in await handOver(pid, after: offset, isKept: isKept, to: node, request) }
        case .acknowledgement(let request, _, _): received(message, request, announcing: nil)
        case .asked(let request, let count): received(message, request, announcing: count)
        case .fetched(let request, _), .serverReply(let request, _), .restored(let request, _):
            received(message, request, announcing: 1)
        case .listSockets(let request, let selection):
            Task { [self] in
                let ids = await local.sockets(selection, timeout: .zero).snapshots.map(\.id)
                send(.listed(request: request, ids, areRooms: false), to: node)
            }
        case .listRooms(let request):
            Task { [self] in
                let snapshots = await local.sockets(SocketSelection(), timeout: .zero).snapshots
                let rooms = Set(snapshots.flatMap { $0.rooms.map { ByteText($0) } })
                send(.listed(request: request, rooms.map(\.string), areRooms: true), to: node)
            }
        case .hello, .present, .goodbye, .listed: break
        }
    }

    /// Sends an event of another node to the sockets of this node, and their acknowledgements to that node.
    private func answer(
        _ receiver: String?,
        _ request: String,
        _ packet: NamespacePacket,
        _ selection: SocketSelection,
        _ timeout: Duration
    ) {
        guard case .event(let name, let arguments) = packet else { return }
        let replies = ReplyCollector { [self] count in
            send(.asked(request: request, count: count), to: receiver)
        } reply: { [self] reply in
            send(.acknowledgement(request: request, socket: reply.socketID, reply.result), to: receiver)
        } finished: { _ in
        }
        local.broadcast(name, arguments, to: selection, timeout: timeout, replies: replies)
    }

    /// Takes an answer to a request of this node; an answer that comes too late is ignored.
    ///
    /// - Parameters:
    ///   - message: the answer.
    ///   - id: the id of the request.
    ///   - count: how many answers the node sends altogether; nil if this answer doesn't say.
    private func received(_ message: ClusterMessage, _ id: String, announcing count: Int?) {
        guard let request = requests.withLock({ $0[ByteText(id)] }) else { return }
        request.receive(message.content, message.node)
        if case .asked = message.content {} else { request.answers.received() }
        if let count { request.answers.announced(count, by: message.node) }
        // No other node has the session.
        if case .restored(_, .some) = message.content { request.answers.settle() }
    }
}
