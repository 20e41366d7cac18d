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
    let loops: LoopShards
    private let census = RoomCensus()
    /// The rooms of this node, if the adapter of a cluster observes them.
    private let rooms = LazyReference<LocalRooms>()
    /// Whether clients of the server can recover.
    private let recovers: Bool
    /// The handlers for events between servers: those of the namespace's family, then those of the namespace.
    let serverHandlers: [ServerHandlers]
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
}
