import GustCluster
import GustHTTP
import GustServer
import NIOCore

/// A way of opening a stream of bytes to another node: TCP, a Unix socket, or a tunnel over the bus of the cluster.
protocol NodeConnector: Sendable {
    /// Opens a connection to the node with `tag`; `open` makes its receiver, on `eventLoop`.
    func connect(
        to tag: String,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        _ open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver
    ) -> EventLoopFuture<Void>
}

/// Opens connections to a socket.
struct SocketConnector: NodeConnector {
    let address: HTTPServer.Configuration.Address

    func connect(
        to tag: String,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        _ open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver
    ) -> EventLoopFuture<Void> {
        OutgoingConnection.open(address, on: eventLoop, timeout: timeout, open)
    }
}
