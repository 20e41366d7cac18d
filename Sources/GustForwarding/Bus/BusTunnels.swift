import GustCluster
import GustHTTP
import GustServer
import NIOCore

final class BusTunnels: NodeConnector {
    init(_ bus: any ClusterBus, _ node: ForwardingNode) {}

    struct Unavailable: Error {}

    func connect(
        to tag: String,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        _ open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver
    ) -> EventLoopFuture<Void> { eventLoop.makeFailedFuture(Unavailable()) }

    func begin(at address: HTTPServer.Configuration.Address, on loops: [any EventLoop]) {}

    func end() {}
}
