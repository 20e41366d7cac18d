import GustAdapter

/// Changing the rooms of many sockets, disconnecting them, and looking at them.
extension Broadcast {
    /// Adds the selected sockets to rooms.
    public func join(_ rooms: String...) { join(rooms) }

    func join(_ rooms: [String]) { forEachAdapter { $0.join(rooms, selection) } }

    /// Removes the selected sockets from rooms.
    public func leave(_ rooms: String...) { leave(rooms) }

    func leave(_ rooms: [String]) { forEachAdapter { $0.leave(rooms, selection) } }

    /// Disconnects the selected sockets from the namespace.
    ///
    /// - Parameter closingConnection: whether the connections of the sockets are closed too.
    public func disconnect(closingConnection: Bool = false) {
        forEachAdapter { $0.disconnect(selection, closingConnections: closingConnection) }
    }

    /// The selected sockets of this process.
    ///
    /// Each loop collects its sockets by itself, so the array isn't a snapshot of one moment.
    public func sockets() async -> [Socket] {
        var sockets: [Socket] = []
        for namespace in namespaces { sockets += await namespace.local.collect(selection) { $0 } }
        return sockets
    }

    /// The selected sockets of all nodes.
    ///
    /// ```swift
    /// for socket in await io.to("lobby").fetchSockets().sockets { socket.emit("poke") }
    /// ```
    /// - Parameter timeout: how long the other nodes may take; the result names those that took longer.
    /// - Returns: the sockets, and the names of the nodes that were silent.
    public func fetchSockets(timeout: Duration = .seconds(5)) async -> FetchedSockets {
        let namespaces = namespaces
        if let namespace = namespaces.first, namespaces.count == 1 { return await fetch(in: namespace, timeout) }
        return await withTaskGroup(of: FetchedSockets.self) { group in
            for namespace in namespaces { group.addTask { await fetch(in: namespace, timeout) } }
            return await group.reduce(FetchedSockets(sockets: [], silentNodes: [])) { $0 + $1 }
        }
    }

    private func fetch(in namespace: Namespace, _ timeout: Duration) async -> FetchedSockets {
        let snapshots = await adapter(of: namespace).sockets(selection, timeout: timeout)
        return FetchedSockets(
            sockets: snapshots.snapshots.map { RemoteSocket($0, in: namespace) },
            silentNodes: snapshots.silentNodes
        )
    }

    /// The namespaces as they are now.
    private var namespaces: [Namespace] {
        var namespaces: [Namespace] = []
        scope.forEachNamespace { namespaces.append($0) }
        return namespaces
    }
}
