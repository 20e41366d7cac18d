package import NIOCore

/// Watching the packets of a socket's connection.
extension Socket {
    /// The loop that the socket lives on now.
    package var eventLoop: any EventLoop { connection.shard.eventLoop }

    /// Starts async code on the socket's loop; called there.
    package func start(_ body: @escaping @Sendable () async -> Void) {
        connection.io.start(on: connection.shard.executor, body)
    }

    /// Begins to record the packets of the socket's connection, which all its sockets share; ``unwatch(_:)`` balances the call.
    ///
    /// May be called from any thread. The packets from now on are recorded; see ``ConnectionTap``.
    package func watch() -> ConnectionTap { connection.io.taps.watch(connection) }

    /// Ends what ``watch()`` has begun.
    package func unwatch(_ tap: ConnectionTap) { connection.io.taps.unwatch(connection, tap) }
}
