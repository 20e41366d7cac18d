/// Broadcasts in an order that all receivers see.
extension SocketScope {
    /// Runs `body` on one loop of the server, always the same one while it runs: in place if the caller is there, or if there is no loop yet.
    ///
    /// A broadcast reaches the sockets of the caller's loop at once, and those of other loops behind what was posted to these before. So two
    /// broadcasts from different threads can reach a socket in the other order, even if the first call had returned before the second one;
    /// broadcasts from one loop can't.
    package final func runInOrder(_ body: @escaping @Sendable () -> Void) {
        guard let shard = io.shards.oldestRunning else { return body() }
        shard.run(body)
    }
}
