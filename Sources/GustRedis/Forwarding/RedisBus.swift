#if Redis
public import GustCluster
import GustHTTP
public import NIOCore
import Synchronization

/// A ``GustCluster/ClusterBus`` over pub/sub: for tunnels between nodes that can't reach each other, and for adapters of your own.
///
/// A channel has one Redis channel for all nodes, `gust:bus:<channel>`, and one for each node, `gust:bus:<channel>#<node>`. Messages are lost
/// while a connection to Redis is lost. A message for all nodes begins with the length of the sender's name (one byte) and the name.
public final class RedisBus: ClusterBus {
    private struct Key: Hashable {
        let channel: ByteText
        let node: ByteText
    }

    private let client: RedisClient
    private let prefix: String
    private let subscriptions = Mutex<[Key: [RedisSubscription]]>([:])

    /// Makes a bus.
    ///
    /// - Parameters:
    ///   - client: The client, which the bus doesn't close.
    ///   - prefix: The beginning of the names of channels; another one for each cluster that shares the Redis.
    public init(_ client: RedisClient, prefix: String = "gust:bus:") {
        self.client = client
        self.prefix = prefix
    }

    /// Subscribes to both Redis channels; messages are received once Redis has confirmed that.
    ///
    /// `receive` is called on the loop of the client.
    public func join(_ channel: String, as node: String, receive: @escaping @Sendable (ByteBuffer) -> Void) {
        let own = ByteBuffer(string: node)
        let all = client.subscribe(.channel, name(channel)) { _, payload in
            var payload = payload
            guard let length = payload.readInteger(as: UInt8.self),
                let sender = payload.readSlice(length: Int(length)), sender != own
            else { return }
            receive(payload)
        }
        let one = client.subscribe(.channel, name(channel, node)) { _, payload in receive(payload) }
        let earlier = subscriptions.withLock {
            $0.updateValue([all, one], forKey: Key(channel: ByteText(channel), node: ByteText(node)))
        }
        for subscription in earlier ?? [] { subscription.cancel() }
    }

    /// Ends the subscriptions.
    public func leave(_ channel: String, as node: String) {
        let ended = subscriptions.withLock {
            $0.removeValue(forKey: Key(channel: ByteText(channel), node: ByteText(node)))
        }
        for subscription in ended ?? [] { subscription.cancel() }
    }

    /// Publishes a message for all other nodes.
    ///
    /// - Throws: An error if the name of the node has more than 255 bytes of UTF-8.
    public func publish(_ message: ByteBuffer, on channel: String, from node: String) throws {
        guard let length = UInt8(exactly: node.utf8.count) else { throw NameTooLong() }
        var payload = ByteBuffer(integer: length)
        payload.writeString(node)
        payload.writeImmutableBuffer(message)
        client.publish(payload, on: name(channel))
    }

    /// Publishes a message for one node.
    public func send(_ message: ByteBuffer, to node: String, on channel: String) throws {
        client.publish(message, on: name(channel, node))
    }

    /// The nodes that have subscribed to their channels (`PUBSUB CHANNELS`).
    ///
    /// - Throws: ``RedisError``.
    public func otherNodes(on channel: String, than node: String) async throws -> [String] {
        let beginning = name(channel, "")
        var pattern = ByteBuffer()
        for byte in beginning.readableBytesView {
            // Characters with a meaning in a pattern are escaped.
            if [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\")].contains(byte) {
                pattern.writeInteger(UInt8(ascii: "\\"))
            }
            pattern.writeInteger(byte)
        }
        pattern.writeInteger(UInt8(ascii: "*"))
        var command = RedisCommand("PUBSUB", "CHANNELS")
        command.append(pattern)
        let channels = try await client.send(command).elements ?? []
        return channels.compactMap { element -> String? in
            guard var bytes = element.bytes, bytes.readSlice(length: beginning.readableBytes) == beginning else {
                return nil
            }
            return String(validating: bytes.readableBytesView, as: UTF8.self)
        }.filter { !$0.hasSameBytes(as: node) }
    }

    /// The name of a node can't be sent.
    private struct NameTooLong: Error {}

    private func name(_ channel: String) -> ByteBuffer { ByteBuffer(string: prefix + channel) }

    private func name(_ channel: String, _ node: String) -> ByteBuffer {
        ByteBuffer(string: "\(prefix)\(channel)#\(node)")
    }
}
#endif
