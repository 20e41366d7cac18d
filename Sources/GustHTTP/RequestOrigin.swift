/// What all requests of a connection have in common, so that each request refers to it.
package final class RequestOrigin: Sendable {
    /// The other end of the connection.
    package let peer: Peer
    /// The values that each request begins with.
    package let storage: RequestStorage
    /// The loop of the connection.
    package let executor: LoopExecutor

    package init(peer: Peer = Peer(), storage: RequestStorage = RequestStorage(), executor: LoopExecutor) {
        self.peer = peer
        self.storage = storage
        self.executor = executor
    }
}
