import GustHTTP
import GustWire
import NIOCore

/// The adapter for the sockets of this process: the members of a namespace are kept by loop, and a broadcast posts once to each loop.
struct LocalAdapter: Adapter {
    let namespace: Namespace
    let loops: LoopShards

    func insert(_ socket: Socket) { membership(of: socket).insert(socket) }
    func remove(_ socket: Socket) { membership(of: socket).remove(socket) }
    func depart(_ socket: Socket, from shard: LoopShard) { shard.membership(of: namespace).depart(socket) }
    func forgetDeparted(_ socket: Socket, on shard: LoopShard) {
        shard.existingMembership(of: namespace)?.forgetDeparted(socket)
    }
    func join(_ socket: Socket, _ room: ByteText) { membership(of: socket).join(socket, room) }
    func leave(_ socket: Socket, _ room: ByteText) { membership(of: socket).leave(socket, room) }

    func broadcast(_ packet: Packet, to target: BroadcastTarget) -> Bool {
        // On another loop the packet is used after the read buffer, of which its arguments are slices, has been reused.
        let shared = SharedPacket(loops.isSingle ? packet : packet.detached)
        let visit = loops.visit(weight: packet.weight, isRefusable: true) { shard in
            guard let membership = shard.existingMembership(of: namespace) else { return }
            membership.forEach(in: target.rooms, except: target.excluded) { socket in
                socket.deliver(shared, isVolatile: target.isVolatile)
            }
            membership.forEachDeparted(in: target.rooms, except: target.excluded) { socket in
                socket.connection.run { _ in
                    guard socket.isConnected else { return }
                    socket.deliver(shared, isVolatile: target.isVolatile)
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

    func forEach(_ target: BroadcastTarget, _ body: @escaping @Sendable (Socket) -> Void) {
        walk(target, expect: {}, answer: {}, body)
    }

    func collect<Value: Sendable>(
        _ target: BroadcastTarget,
        _ body: @escaping @Sendable (Socket) -> Value
    ) async -> [Value] {
        await withCheckedContinuation { continuation in
            let gathering = Gathering(continuation)
            let asked = walk(target, expect: gathering.expect, answer: gathering.answer) { gathering.add(body($0)) }
            gathering.asked(asked)
        }
    }

    /// Calls `body` once with each chosen socket, on the socket's loop; sockets that are moving between loops are included.
    ///
    /// - Parameters:
    ///   - target: the choice of sockets.
    ///   - expect: is called for each socket that is asked on another loop than the one that found it.
    ///   - answer: is called when a loop has been visited, and for each socket that was asked elsewhere.
    ///   - body: is called on the socket's loop.
    /// - Returns: how many loops are visited.
    @discardableResult
    private func walk(
        _ target: BroadcastTarget,
        expect: @escaping @Sendable () -> Void,
        answer: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable (Socket) -> Void
    ) -> Int {
        let number = SharedPacket.nextNumber()
        let visit = loops.visit { shard in
            defer { answer() }
            guard let membership = shard.existingMembership(of: namespace) else { return }
            membership.forEach(in: target.rooms, except: target.excluded) { socket in
                if socket.connection.isFirst(number) { body(socket) }
            }
            membership.forEachDeparted(in: target.rooms, except: target.excluded) { socket in
                expect()
                socket.connection.run { connection in
                    defer { answer() }
                    guard socket.isConnected, connection.isFirst(number) else { return }
                    body(socket)
                }
            }
        }
        guard let visit else { return 0 }
        return visit.others.count + (visit.home == nil ? 0 : 1)
    }

    func whenTaken() async {
        for shard in loops.all {
            await withCheckedContinuation { continuation in
                shard.inbox.whenRelieved { continuation.resume() }
            }
        }
    }

    func close() {
        loops.visit { $0.forget(namespace) }
    }

    private func membership(of socket: Socket) -> Membership {
        socket.connection.shard.membership(of: namespace)
    }
}
