#if Redis
import GustAdapter
import GustCluster
import GustHTTP
import GustWire

/// The adapter of one namespace over a stream: packets get the ids of their entries as offsets, and sessions are kept in Redis.
final class StreamAdapter: Adapter {
    private let local: any NodeAdapter
    private let channel: StreamChannel
    private let cluster: ClusterAdapter
    private let sessions: StreamSessions

    init(_ local: any NodeAdapter, over channel: StreamChannel) {
        self.local = local
        self.channel = channel
        cluster = ClusterAdapter(local, over: channel)
        sessions = StreamSessions(channel, local)
    }

    /// Clients that return on another node get from the stream what they missed.
    var recordsPackets: Bool { local.sessionLimits != nil }

    /// Adds a packet to the stream; with recovery, the sockets of this node get it when this node reads it: all nodes have one order, and a
    /// client that has a packet has all before it.
    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection) {
        guard recordsPackets else {
            local.broadcast(packet, to: selection, offset: nil)
            return channel.add(.broadcast(packet, selection, offset: nil)) { _ in }
        }
        let detached = packet.detached
        channel.add(own: .broadcast(detached, selection, offset: nil)) { [local] in
            // Redis hasn't taken it.
            local.broadcast(detached, to: selection, offset: nil)
        }
    }

    func broadcast(
        _ name: String,
        _ arguments: Arguments,
        to selection: SocketSelection,
        timeout: Duration,
        replies: ReplyCollector
    ) {
        cluster.broadcast(name, arguments, to: selection, timeout: timeout, replies: replies)
    }

    // With recovery, operations have their place among the packets of this node, too.

    func join(_ rooms: [String], _ selection: SocketSelection) {
        guard recordsPackets else { return cluster.join(rooms, selection) }
        channel.add(own: .join(rooms, selection)) { [local] in local.join(rooms, selection) }
    }

    func leave(_ rooms: [String], _ selection: SocketSelection) {
        guard recordsPackets else { return cluster.leave(rooms, selection) }
        channel.add(own: .leave(rooms, selection)) { [local] in local.leave(rooms, selection) }
    }

    func disconnect(_ selection: SocketSelection, closingConnections: Bool) {
        guard recordsPackets else { return cluster.disconnect(selection, closingConnections: closingConnections) }
        channel.add(own: .disconnect(selection, closingConnections: closingConnections)) { [local] in
            local.disconnect(selection, closingConnections: closingConnections)
        }
    }

    func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots {
        await cluster.sockets(selection, timeout: timeout)
    }

    func serverSideEmit(_ name: String, _ arguments: Arguments) { cluster.serverSideEmit(name, arguments) }

    func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        await cluster.serverSideEmit(name, arguments, timeout: timeout)
    }

    func serverCount() async -> Int { await cluster.serverCount() }

    func persist(_ session: SocketSession, isKept: Bool) { sessions.save(session) }

    /// Takes the session out of Redis; if it isn't there, its node may not have noticed yet that the client is gone, and is asked.
    func restore(pid: String, offset: String?) async -> SocketSession? {
        let position = channel.stream.position
        do {
            if let session = try await sessions.take(pid, after: offset, from: position) {
                // A node that keeps a copy forgets it; its answer isn't needed.
                let request = channel.nextRequest()
                try channel.publish(.restore(request: request, pid: pid, offset: offset, isKept: true))
                return session
            }
        } catch {
            local.report(error, in: "restore")
        }
        guard let session = await cluster.restore(pid: pid, offset: offset) else { return nil }
        sessions.remove(pid)
        do {
            return try await sessions.completed(
                session,
                after: offset,
                first: session.missed.first?.offset,
                from: position
            )
        } catch {
            local.report(error, in: "restore")
            return nil
        }
    }

    func close() { cluster.close() }
}
#endif
