package import GustHTTP
package import NIOCore

/// An extension with a listener of its own on the loops of the server, with another handler: for other servers, not for clients.
package protocol ListeningExtension: ServerExtension {
    /// The listener, which isn't handed over to another process.
    var listener: HTTPListener { get }
    /// The handler of the requests on the listener.
    var listenerHandler: any Handler { get }

    /// The values that each request of a new connection begins with; called once for each connection.
    func makeStorage() -> RequestStorage

    /// Begins; called when the listener is open, before the server accepts clients.
    ///
    /// - Parameters:
    ///   - address: the address that the listener is bound to.
    ///   - handlers: the handlers with this extension.
    ///   - loops: the loops of the server.
    func begin(at address: SocketAddress?, _ handlers: [any ExtendingHandler], on loops: [LoopExecutor]) async

    /// Receives no more requests; called when the connections of the server are drained, after the listener has been closed.
    ///
    /// Connections of clients that remain are ended next.
    func stop() async

    /// Ends; called when all connections of clients have ended, before the loops stop.
    func end() async
}
