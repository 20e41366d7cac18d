public import GustCluster
public import NIOCore
import Synchronization

/// A `ClusterBus` within the process: servers in one test are the nodes of a cluster.
///
/// ```swift
/// let bus = LoopbackBus()
/// var settings = SocketIOSettings()
/// settings.adapter = { local in ClusterAdapter(local, bus: bus, node: "a") }
/// ```
/// Messages are delivered at once, as bytes, until ``hold()`` is called. All nodes receive messages in one order: a message that is sent
/// because of another one isn't delivered to any node before that one. Nodes can be cut off, and messages can be lost.
public final class LoopbackBus: ClusterBus {
    private struct Member {
        let node: String
        let receive: @Sendable (ByteBuffer) -> Void
    }

    private struct State {
        var members: [String: [Member]] = [:]  // bytes: names of channels of the test
        /// The deliveries that are due, in their order.
        var queue: [@Sendable () -> Void] = []
        var isHeld = false
        /// Whether a thread is delivering; it takes the messages of other threads too, so that the order is kept.
        var isDelivering = false
        var isolated: Set<String> = []  // bytes: names of nodes of the test
        var loses: @Sendable () -> Bool = { false }
    }

    /// The error of a node that is cut off.
    public struct Unreachable: Error {
        /// The name of the node.
        public let node: String
    }

    private let state = Mutex(State())

    /// Makes a bus without nodes.
    public init() {}

    // MARK: Faults

    /// Holds messages back until ``deliver(reordered:)``.
    public func hold() { state.withLock { $0.isHeld = true } }

    /// Delivers the messages that are held, and holds no more.
    ///
    /// - Parameter reordered: whether the last message is delivered first.
    public func deliver(reordered: Bool = false) {
        state.withLock { state in
            state.isHeld = false
            if reordered { state.queue.reverse() }
        }
        drain()
    }

    /// Delivers what is due, unless another thread does.
    private func drain() {
        let begins = state.withLock { state in
            guard !state.isDelivering else { return false }
            state.isDelivering = true
            return true
        }
        guard begins else { return }
        while let deliver = next() { deliver() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.isHeld, !state.queue.isEmpty else {
                state.isDelivering = false
                return nil
            }
            return state.queue.removeFirst()
        }
    }

    /// Cuts nodes off: their messages fail, and they receive none.
    ///
    /// Nodes that aren't named are connected again.
    public func isolate(_ nodes: String...) { state.withLock { $0.isolated = Set(nodes) } }

    /// Loses each message for which `loses` returns true.
    public func lose(where loses: @escaping @Sendable () -> Bool) { state.withLock { $0.loses = loses } }

    // MARK: ClusterBus

    /// Adds a node to a channel.
    public func join(_ channel: String, as node: String, receive: @escaping @Sendable (ByteBuffer) -> Void) {
        state.withLock { $0.members[channel, default: []].append(Member(node: node, receive: receive)) }
    }

    /// Removes a node from a channel.
    public func leave(_ channel: String, as node: String) {
        state.withLock { $0.members[channel]?.removeAll { $0.node == node } }
    }

    /// Delivers a message to all other nodes on a channel.
    public func publish(_ message: ByteBuffer, on channel: String, from node: String) throws {
        try pass(message, on: channel, from: node) { $0.node != node }
    }

    /// Delivers a message to one node on a channel.
    public func send(_ message: ByteBuffer, to node: String, on channel: String) throws {
        try pass(message, on: channel, from: nil) { $0.node == node }
    }

    /// The other nodes on a channel, those that are cut off included.
    public func otherNodes(on channel: String, than node: String) async throws -> [String] {
        state.withLock { $0.members[channel, default: []].map(\.node).filter { $0 != node } }
    }

    private func pass(
        _ message: ByteBuffer,
        on channel: String,
        from node: String?,
        to isReceiver: (Member) -> Bool
    ) throws {
        let bytes = ByteBuffer(bytes: Array(message.readableBytesView))
        try state.withLock { state in
            if let node, state.isolated.contains(node) { throw Unreachable(node: node) }
            guard !state.loses() else { return }
            for receiver in state.members[channel, default: []]
            where isReceiver(receiver) && !state.isolated.contains(receiver.node) {
                state.queue.append { receiver.receive(bytes) }
            }
        }
        drain()
    }
}
