import NIOCore
import Synchronization

/// The channel of a namespace on a ``ClusterBus``.
final class BusChannel: ClusterChannel {
    private let bus: any ClusterBus
    private let format: ClusterMessageFormat
    private let requests = RequestNumbers()
    let grace = Duration.seconds(1)
    let requestTimeout: Duration? = nil

    init(_ bus: any ClusterBus, namespace: String, node: String) {
        self.bus = bus
        format = ClusterMessageFormat(node: node, namespace: namespace, isExtended: true)
    }

    func join(
        receive: @escaping @Sendable (ClusterMessage) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) {
        bus.join(format.namespace, as: format.node) { [format] bytes in
            do {
                if let message = try format.decode(bytes) { receive(message) }
            } catch {
                failed(error)
            }
        }
    }

    func leave() { bus.leave(format.namespace, as: format.node) }

    func publish(_ content: ClusterMessage.Content) throws {
        guard let bytes = try format.encode(content) else { return }
        try bus.publish(bytes, on: format.namespace, from: format.node)
    }

    func send(_ content: ClusterMessage.Content, to node: String?) throws {
        guard let node, let bytes = try format.encode(content) else { return }
        try bus.send(bytes, to: node, on: format.namespace)
    }

    func otherNodes() async throws -> OtherNodes {
        let names = try await bus.otherNodes(on: format.namespace, than: format.node)
        return OtherNodes(names: names, count: names.count, sharing: names)
    }

    /// Does nothing: the bus knows its nodes.
    func forget(_ nodes: [String]) {}

    func nextRequest() -> String { requests.next() }
}
