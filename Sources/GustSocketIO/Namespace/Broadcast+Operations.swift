/// Changing the rooms of many sockets, disconnecting them, and looking at them.
extension Broadcast {
    /// Adds the selected sockets to rooms.
    public func join(_ rooms: String...) { adapter.join(rooms, selection) }

    /// Removes the selected sockets from rooms.
    public func leave(_ rooms: String...) { adapter.leave(rooms, selection) }

    /// Disconnects the selected sockets from the namespace.
    ///
    /// - Parameter closingConnection: whether the connections of the sockets are closed too.
    public func disconnect(closingConnection: Bool = false) {
        adapter.disconnect(selection, closingConnections: closingConnection)
    }

    /// The selected sockets of this process.
    ///
    /// Each loop collects its sockets by itself, so the array isn't a snapshot of one moment.
    public func sockets() async -> [Socket] {
        await namespace.local.collect(selection) { $0 }
    }

    /// The selected sockets of all nodes.
    ///
    /// ```swift
    /// for socket in await io.to("lobby").fetchSockets().sockets { socket.emit("poke") }
    /// ```
    /// - Parameter timeout: how long the other nodes may take; the result names those that took longer.
    /// - Returns: the sockets, and the names of the nodes that were silent.
    public func fetchSockets(timeout: Duration = .seconds(5)) async -> FetchedSockets {
        let snapshots = await adapter.sockets(selection, timeout: timeout)
        return FetchedSockets(
            sockets: snapshots.snapshots.map { RemoteSocket($0, in: namespace) },
            silentNodes: snapshots.silentNodes
        )
    }
}
