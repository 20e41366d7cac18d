import GustWire
import NIOCore

/// Reaches the sockets of this process: one shard of membership for each loop, one hop a loop for each broadcast.
struct LocalAdapter: Adapter {
    let namespace: Namespace
    let loops: LoopShards

    func insert(_ socket: Socket) { membership(of: socket).insert(socket) }
    func remove(_ socket: Socket) { membership(of: socket).remove(socket) }
    func depart(_ socket: Socket, from shard: LoopShard) { shard.membership(of: namespace).depart(socket) }
    func forgetDeparted(_ socket: Socket, on shard: LoopShard) {
        shard.existingMembership(of: namespace)?.forgetDeparted(socket)
    }
    func join(_ socket: Socket, _ room: ByteKey) { membership(of: socket).join(socket, room) }
    func leave(_ socket: Socket, _ room: ByteKey) { membership(of: socket).leave(socket, room) }

    func broadcast(_ packet: Packet, to target: BroadcastTarget) {
        let shared = SharedPacket(packet)
        for shard in loops.all {
            shard.run {
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
        }
    }

    func forEach(_ target: BroadcastTarget, _ body: @escaping @Sendable (Socket) -> Void) {
        for shard in loops.all {
            shard.run {
                shard.existingMembership(of: namespace)?
                    .forEach(in: target.rooms, except: target.excluded, body)
            }
        }
    }

    func collect<Value: Sendable>(
        _ target: BroadcastTarget,
        _ body: @escaping @Sendable (Socket) -> Value
    ) async -> [Value] {
        var collected: [Value] = []
        for shard in loops.all {
            collected += await withCheckedContinuation { (continuation: CheckedContinuation<[Value], Never>) in
                shard.run {
                    var values: [Value] = []
                    shard.existingMembership(of: namespace)?
                        .forEach(in: target.rooms, except: target.excluded) { values.append(body($0)) }
                    continuation.resume(returning: values)
                }
            }
        }
        return collected
    }

    func close() {
        for shard in loops.all { shard.run { shard.forget(namespace) } }
    }

    private func membership(of socket: Socket) -> Membership {
        socket.connection.shard.membership(of: namespace)
    }
}
