#if Redis
public import GustCluster
import NIOCore

/// The nodes of a cluster as keys that expire: `gust:node:<tag>` with the address of each node.
///
/// ```swift
/// let redis = RedisClient(RedisSettings(.host("10.0.0.7")))
/// settings.forwarding = try SessionForwarding(
///     secret: secret,
///     directory: RedisNodeDirectory(redis),
///     at: .tcp(host: "10.0.0.5", port: 0)
/// )
/// ```
/// While Redis is away, nodes that have been reached lately are still found for ten seconds; requests for others are answered as if their
/// nodes were gone. An entry that another program has written, and that is no address, is taken for none.
public struct RedisNodeDirectory: NodeDirectory {
    private let client: RedisClient
    private let prefix: String
    private let announced = AnnouncedNodes()

    /// Makes a directory.
    ///
    /// - Parameters:
    ///   - client: The client, which the directory doesn't close.
    ///   - prefix: The beginning of the keys; another one for each cluster that shares the Redis.
    public init(_ client: RedisClient, prefix: String = "gust:node:") {
        self.client = client
        self.prefix = prefix
        client.observe { [weak client, announced] event in
            // A Redis without persistence has forgotten the keys when it restarts.
            guard event == .connected(.commands), let client else { return }
            for command in announced.commands { client.send(command) { _ in } }
        }
    }

    /// Sets the key of the node (`SET` with `PX`), and again whenever Redis was away.
    ///
    /// - Throws: ``RedisError``.
    public func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws {
        var command = RedisCommand("SET", prefix + tag, address.text, "PX")
        let parts = lifetime.components
        command.append(max(1, Int(parts.seconds) * 1_000 + Int(parts.attoseconds / 1_000_000_000_000_000)))
        announced.set(command, for: tag)
        _ = try await client.send(command)
    }

    /// Deletes the key of the node.
    ///
    /// - Throws: ``RedisError``.
    public func withdraw(_ tag: String) async throws {
        announced.remove(tag)
        _ = try await client.send(RedisCommand("DEL", prefix + tag))
    }

    /// Reads the key of the node.
    ///
    /// - Throws: ``RedisError``.
    public func address(of tag: String) async throws -> NodeAddress? {
        guard let bytes = try await client.send(RedisCommand("GET", prefix + tag)).bytes,
            let text = String(validating: bytes.readableBytesView, as: UTF8.self)
        else { return nil }
        return NodeAddress(text: text)
    }
}
#endif
