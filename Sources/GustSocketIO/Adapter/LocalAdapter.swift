import GustAdapter
import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// The adapter for the sockets of this process: the members of a namespace are kept by loop, and a broadcast visits each loop
/// once.
///
/// The adapter of a cluster wraps it and passes it what other nodes send.
final class LocalAdapter: NodeAdapter, RoomSource {
    /// The name of the namespace.
    let namespaceName: String
    let io: SocketIO
    private let loops: LoopShards
    private let census = RoomCensus()
    /// The rooms of this node, if the adapter of a cluster observes them.
    private let rooms = LazyReference<LocalRooms>()
    /// Whether clients of the server can recover.
    private let recovers: Bool
    /// The handlers for events between servers: those of the namespace's family, then those of the namespace.
    private let serverHandlers: [ServerHandlers]
    private let lastAcknowledgement = Atomic<Int>(LocalAdapter.firstAcknowledgement)

    /// The ids of acknowledgements of broadcasts begin here; those of single sockets count from 0.
    private static let firstAcknowledgement = 1 << 40

    init(namespaceName: String, io: SocketIO, serverHandlers: [ServerHandlers]) {
        self.namespaceName = namespaceName
        self.serverHandlers = serverHandlers
        self.io = io
        loops = io.shards
        recovers = io.settings.recovery != nil
    }

    // MARK: Members

    func insert(_ socket: Socket) {
        membership(of: socket).insert(socket)
        rooms.current()?.join(socket, socket.key)
    }
    func remove(_ socket: Socket) {
        membership(of: socket).remove(socket)
        census.leave(socket, socket.joinedRooms)
        rooms.current()?.leave(socket, socket.joinedRooms.union([socket.key]))
    }
    /// Records that the socket moves from `shard` to another loop: broadcasts that come to `shard` are forwarded until
    /// ``forgetDeparted(_:on:)``.
    func depart(_ socket: Socket, from shard: LoopShard) { shard.membership(of: self).depart(socket) }
    func forgetDeparted(_ socket: Socket, on shard: LoopShard) {
        shard.existingMembership(of: self)?.forgetDeparted(socket)
    }
    /// Adds a socket that has moved from another loop, with its rooms.
    func arrive(_ socket: Socket, _ rooms: Set<ByteText>) {
        let membership = membership(of: socket)
        membership.insert(socket)
        for room in rooms { membership.join(socket, room) }
    }
    func join(_ socket: Socket, _ room: ByteText) {
        membership(of: socket).join(socket, room)
        census.join(socket, room)
        rooms.current()?.join(socket, room)
    }
    func leave(_ socket: Socket, _ room: ByteText) {
        membership(of: socket).leave(socket, room)
        census.leave(socket, CollectionOfOne(room))
        rooms.current()?.leave(socket, CollectionOfOne(room))
    }

    private func membership(of socket: Socket) -> Membership {
        socket.connection.shard.membership(of: self)
    }

    // MARK: RoomSource

    func observeRooms(_ changed: @escaping @Sendable (_ room: String, _ exists: Bool) -> Void) {
        _ = rooms.value { LocalRooms(changed) }
    }

    func hasMembers(_ room: String) -> Bool { rooms.current()?.contains(ByteText(room)) ?? true }

    // MARK: Broadcasts

    /// Sends a packet to the selected sockets of this process.
    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection) {
        broadcast(packet, to: selection, offset: nil)
    }

    /// Sends a packet to the selected sockets of this process, with the offset that the packet has on all nodes.
    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection, offset: String?) {
        guard !send(packet.packet(in: namespaceName), to: selection, offset) else { return }
        io.refuseWork(of: nil, in: packet.name)
    }

    /// Sends `packet` to each selected socket; false if the packet was refused, because the inbox of a loop is full.
    private func send(_ packet: Packet, to selection: SocketSelection, _ offset: String?) -> Bool {
        // On another loop the packet is used after the read buffer, of which its arguments are slices, has been reused.
        let kept = loops.isSingle && !recovers ? packet : packet.detached
        let key = selection.latestKey.map { LatestKey($0, in: namespaceName) }
        let isCompressed = selection.isCompressed || io.settings.deflate == nil
        let shared =
            recovers
            ? SharedPacket(
                recoverable: kept,
                isVolatile: selection.isVolatile,
                latestKey: key,
                isCompressed: isCompressed,
                offset: offset
            )
            : SharedPacket(kept, latestKey: key, isCompressed: isCompressed)
        let work = (adapter: self, selection: selection, shared: shared)
        let visit = loops.visit(weight: packet.weight, isRefusable: true, work) { work, shard in
            guard let membership = shard.existingMembership(of: work.adapter) else { return }
            let (selection, shared) = (work.selection, work.shared)
            membership.forEach(in: selection.roomKeys, except: selection.excludedKeys) { socket in
                socket.deliver(shared, isVolatile: selection.isVolatile)
            }
            membership.record(shared, to: selection)
            membership.forEachDeparted(in: selection.roomKeys, except: selection.excludedKeys) { socket in
                socket.connection.run { _ in
                    guard socket.isConnected || socket.isLost else { return }
                    socket.deliver(shared, isVolatile: selection.isVolatile)
                }
            }
        }
        guard let visit else { return false }
        for shard in visit.others where shard.inbox.isCongested {
            let sender = visit.home?.receiving?.takeUnretainedValue() ?? SendingConnection.current
            sender?.run { $0.pause(for: shard) }
        }
        return true
    }

    /// Sends an event to the selected sockets of this process and adds their acknowledgements to `replies`.
    ///
    /// Each socket has one reply, on its loop; the timeout is by the clock of its loop.
    func broadcast(
        _ name: String,
        _ arguments: Arguments,
        to selection: SocketSelection,
        timeout: Duration,
        replies: ReplyCollector
    ) {
        let id = lastAcknowledgement.wrappingAdd(1, ordering: .relaxed).newValue
        let packet = Packet.event(namespace: namespaceName, id: id, name: name, arguments: arguments)
        let isCompressed = selection.isCompressed || io.settings.deflate == nil
        let shared = SharedPacket(loops.isSingle ? packet : packet.detached, isCompressed: isCompressed)
        let pending = PendingReplies { replies.finish() }
        let sockets = Atomic<Int>(0)
        // Ends when each loop has been visited, before the sockets have replied.
        let visits = PendingReplies { replies.announce(sockets.load(ordering: .relaxed)) }
        let expect = { @Sendable in
            visits.expect()
            pending.expect()
        }
        let answer = { @Sendable in
            visits.answer()
            pending.answer()
        }
        let asked = walk(
            selection,
            weight: packet.weight,
            isRefusable: true,
            expect: expect,
            answer: answer
        ) { socket in
            sockets.wrappingAdd(1, ordering: .relaxed)
            pending.expect()
            socket.deliver(shared, id: id, timeout: TimeAmount(timeout)) { result in
                replies.add(result, from: socket.id)
                pending.answer()
            }
        }
        if asked == nil {
            sockets.wrappingAdd(1, ordering: .relaxed)
            replies.add(.failure(.overloaded), from: nil)
        }
        visits.asked(asked ?? 0)
        pending.asked(asked ?? 0)
    }

    // MARK: Operations

    /// Adds the selected sockets of this process to rooms.
    func join(_ rooms: [String], _ selection: SocketSelection) {
        forEach(selection) { socket in
            for room in rooms { socket.join(room) }
        }
    }

    /// Removes the selected sockets of this process from rooms.
    func leave(_ rooms: [String], _ selection: SocketSelection) {
        forEach(selection) { socket in
            for room in rooms { socket.leave(room) }
        }
    }

    /// Disconnects the selected sockets of this process.
    func disconnect(_ selection: SocketSelection, closingConnections: Bool) {
        forEach(selection) { $0.disconnect(closingConnection: closingConnections) }
    }

    /// Snapshots of the selected sockets of this process; the timeout isn't used.
    ///
    /// Each loop makes its snapshots by itself, so the array isn't a snapshot of one moment.
    func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots {
        SocketSnapshots(await collect(selection, SocketSnapshot.init))
    }

    /// Does nothing: there are no other nodes.
    func serverSideEmit(_ name: String, _ arguments: Arguments) {}

    /// No replies: there are no other nodes.
    func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        ServerReplies([])
    }

    /// 1.
    func serverCount() async -> Int { 1 }

    /// Removes the members, because the namespace has been removed; does nothing if the server shuts down.
    func close() {
        // Loops that have stopped take no work.
        guard !io.isClosing else { return }
        loops.visit { $0.forget(self) }
    }

    // MARK: Events between servers

    /// Calls this node's handlers for an event that another node has emitted between servers.
    ///
    /// Errors of handlers are reported to ``SocketIO/onError(_:)``.
    /// - Returns: the reply of the first handler that has one; nil if no handler is registered or all have failed.
    func receiveServerSide(_ name: String, _ arguments: Arguments) async -> Arguments? {
        var reply: Arguments?
        for handler in serverHandlers.flatMap({ $0[name] }) {
            do {
                let value = try await handler(arguments)
                reply = reply ?? value
            } catch {
                io.report(error, of: nil, in: name)
            }
        }
        return reply
    }

    /// Reports an error of the adapter of a cluster to ``SocketIO/onError(_:)``.
    func report(_ error: any Error, in event: String) { io.report(error, of: nil, in: event) }

    // MARK: Walks

    /// Calls `body` once with each selected socket, on the socket's loop.
    func forEach(_ selection: SocketSelection, _ body: @escaping @Sendable (Socket) -> Void) {
        walk(selection, expect: {}, answer: {}, body)
    }

    /// The values that `body` returns for the selected sockets.
    func collect<Value: Sendable>(
        _ selection: SocketSelection,
        _ body: @escaping @Sendable (Socket) -> Value
    ) async -> [Value] {
        await withCheckedContinuation { continuation in
            let gathering = Gathering(continuation)
            let asked = walk(selection, expect: gathering.expect, answer: gathering.answer) { gathering.add(body($0)) }
            gathering.asked(asked ?? 0)
        }
    }

    /// The names of the rooms that have members on any loop, without those of single sockets.
    func roomNames() async -> Set<ByteText> {
        let names = await withCheckedContinuation { continuation in
            let gathering = Gathering<Set<ByteText>>(continuation)
            let visit = loops.visit { shard in
                if let membership = shard.existingMembership(of: self) { gathering.add(membership.allRooms) }
                gathering.answer()
            }
            gathering.asked(visit?.loopCount ?? 0)
        }
        return names.reduce(into: []) { $0.formUnion($1) }
    }

    /// Calls `body` once with each selected socket, on the socket's loop; sockets that are moving between loops are included.
    ///
    /// - Parameters:
    ///   - selection: the choice of sockets.
    ///   - weight: how many bytes `body` holds.
    ///   - isRefusable: whether nothing is done at all if a loop has too much to do.
    ///   - expect: is called for each socket that is asked on another loop than the one that found it.
    ///   - answer: is called when a loop has been visited, and for each socket that was asked elsewhere.
    ///   - body: is called on the socket's loop.
    /// - Returns: how many loops are visited; nil if the walk was refused.
    @discardableResult
    private func walk(
        _ selection: SocketSelection,
        weight: Int = 0,
        isRefusable: Bool = false,
        expect: @escaping @Sendable () -> Void,
        answer: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable (Socket) -> Void
    ) -> Int? {
        let number = SharedPacket.nextNumber()
        let visit = loops.visit(weight: weight, isRefusable: isRefusable) { shard in
            defer { answer() }
            guard let membership = shard.existingMembership(of: self) else { return }
            membership.forEach(in: selection.roomKeys, except: selection.excludedKeys) { socket in
                // A socket that has lost its connection only records broadcasts.
                if socket.isConnected, socket.connection.isFirst(number) { body(socket) }
            }
            membership.forEachDeparted(in: selection.roomKeys, except: selection.excludedKeys) { socket in
                expect()
                socket.connection.run { connection in
                    defer { answer() }
                    guard socket.isConnected, connection.isFirst(number) else { return }
                    body(socket)
                }
            }
        }
        return visit?.loopCount
    }
}
