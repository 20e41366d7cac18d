import GustAdapter
import GustHTTP
import GustWire
package import Logging

/// Looking at a server from outside: nothing here costs anything unless it is called.
extension SocketIO {
    /// The logger of the server.
    package var observedLogger: Logger { logger }

    /// Whether an adapter joins the server to others.
    package var isClustered: Bool { settings.adapter != nil }

    /// The number of servers that the adapter of `/` knows, this one included.
    package func serverCount() async -> Int { await self["/"].adapter.serverCount() }

    /// The namespace called `name`; nil if there is none now.
    package func existingNamespace(_ name: String) -> Namespace? { namespace(for: name) }

    /// The number of connections whose packets are recorded.
    package var watchedConnectionCount: Int { taps.count }

    /// The state of the server at this moment.
    ///
    /// Takes a time that grows with the number of connections, namespaces and rooms: walks over the table of connections on the caller's
    /// thread, and one over the rooms on each loop.
    /// - Parameter limit: how many namespaces and rooms are listed, those with the most sockets.
    /// - Returns: the state; the parts of it aren't of exactly one moment.
    package func observe(limit: Int) async -> ServerObservation {
        var observation = ServerObservation(statistics: statistics)
        for (revision, count) in zip(Revision.all, connectionCounts) where count > 0 {
            observation.byRevision[revision.name] = count
        }
        observation.memory = ResidentMemory.current
        let namespaces = namespaces
        observation.namespaceCount = namespaces.count
        let sizes = namespaces.map { ServerObservation.NamespaceSize(name: $0.name, count: $0.socketCount) }
            .sorted { ($1.count, ByteText($0.name)) < ($0.count, ByteText($1.name)) }
        observation.namespaces = Array(sizes.prefix(limit))
        let loops = await gather { shard in
            (LoopObservation(shard), shard.largestRooms(in: namespaces, limit))
        }
        observation.loops = loops.map(\.0)
        observation.rooms = await largestRooms(among: Set(loops.flatMap(\.1)), limit)
        return observation
    }

    /// One page of the sockets that a search finds; each loop looks at its sockets by itself.
    package func sockets(_ search: SocketSearch) async -> SocketSearch.Page {
        let connections = connections.all
        return search.page(joining: await gather { _ in search.page(of: connections) })
    }

    /// The numbers of connections, in the order of `Revision.all`.
    private var connectionCounts: [Int] {
        var counts = Revision.all.map { _ in 0 }
        for connection in connections.all where counts.indices.contains(connection.revisionIndex) {
            counts[connection.revisionIndex] += 1
        }
        return counts
    }

    /// The largest of these rooms with their sizes over all loops.
    private func largestRooms(among rooms: Set<RoomKey>, _ limit: Int) async -> [RoomSize] {
        guard !rooms.isEmpty else { return [] }
        let parts = await gather { shard in
            rooms.map { room in
                let namespace = self.existingNamespace(room.namespace.string)
                let membership = namespace.flatMap { shard.existingMembership(of: $0.local) }
                return (room, membership?.memberCount(of: room.room) ?? 0)
            }
        }
        var sizes: [RoomKey: Int] = [:]
        for (room, count) in parts.joined() { sizes[room, default: 0] += count }
        var largest = LargestRooms(limit)
        for (room, count) in sizes { largest.add(room, count) }
        largest.trim()
        return largest.rooms.map {
            RoomSize(namespace: $0.key.namespace.string, room: $0.key.room.string, count: $0.count)
        }
    }

    /// The values that `body` returns on each loop.
    private func gather<Value: Sendable>(_ body: @escaping @Sendable (LoopShard) -> Value) async -> [Value] {
        await withCheckedContinuation { continuation in
            let gathering = Gathering(continuation)
            let visit = shards.visit { shard in
                gathering.add(body(shard))
                gathering.answer()
            }
            gathering.asked(visit?.loopCount ?? 0)
        }
    }
}

extension LoopShard {
    /// The rooms with the most sockets on this loop, at most `limit`, in all these namespaces together.
    fileprivate func largestRooms(in namespaces: [Namespace], _ limit: Int) -> [RoomKey] {
        var largest = LargestRooms(limit)
        for namespace in namespaces {
            let name = ByteText(namespace.name)
            existingMembership(of: namespace.local)?.forEachRoom { room, count in
                largest.add(RoomKey(namespace: name, room: room), count)
            }
        }
        largest.trim()
        return largest.rooms.map(\.key)
    }
}
