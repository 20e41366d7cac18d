/// The sockets of one client.
extension Socket {
    /// The other sockets of the same client: those that its connection has in other namespaces.
    ///
    /// May be called from any thread.
    public func siblings() async -> [Socket] {
        await withCheckedContinuation { continuation in
            connection.run { connection in continuation.resume(returning: connection.sockets.filter { $0 !== self }) }
        }
    }
}
