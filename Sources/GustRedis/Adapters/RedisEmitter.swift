#if Redis
import GustAdapter
import GustCluster
import GustWire
import NIOCore

/// Sends to the sockets of a cluster from a program that has no sockets itself, such as a scheduled job.
///
/// ```swift
/// let emitter = RedisEmitter(RedisAdapter(client))
/// try await emitter.to("lobby").emit("news", "hello")
/// try await emitter.of("/chat").to("lobby").disconnect()
/// ```
/// The emitter must have the options of the adapters of the cluster. Each method returns when Redis has taken the message; whether
/// a server receives it isn't known. Wire format: @socket.io/redis-emitter 5.1.0 and that of the adapter.
public struct RedisEmitter: Sendable {
    /// The name of emitters on the bus.
    static let node = "emitter"

    /// Carries messages as the servers of the cluster do.
    private enum Carrier: Sendable {
        case classic(RedisAdapter)
        case sharded(RedisShardedAdapter)
        case streams(RedisStreamsAdapter)
    }

    private let carrier: Carrier
    private var namespace = "/"
    private var rooms: [String] = []
    private var excluded: [String] = []
    private var isVolatile = false
    private var isCompressed = true

    /// Makes an emitter for servers with a ``RedisAdapter``.
    public init(_ adapter: RedisAdapter) { carrier = .classic(adapter) }

    /// Makes an emitter for servers with a ``RedisShardedAdapter``.
    public init(_ adapter: RedisShardedAdapter) { carrier = .sharded(adapter) }

    /// Makes an emitter for servers with a ``RedisStreamsAdapter``.
    public init(_ adapter: RedisStreamsAdapter) { carrier = .streams(adapter) }

    // MARK: Selection

    /// The sockets of another namespace, whose name begins with a slash.
    public func of(_ namespace: String) -> RedisEmitter { changing { $0.namespace = namespace } }

    /// The sockets in at least one of the rooms; those of an earlier call stay selected.
    public func to(_ rooms: String...) -> RedisEmitter { changing { $0.rooms += rooms } }

    /// Without the sockets in the rooms.
    public func except(_ rooms: String...) -> RedisEmitter { changing { $0.excluded += rooms } }

    /// Events are dropped for clients that can't receive them at once.
    public var volatile: RedisEmitter { changing { $0.isVolatile = true } }

    /// Whether events may be compressed for clients with compression.
    public func compress(_ isCompressed: Bool) -> RedisEmitter { changing { $0.isCompressed = isCompressed } }

    private func changing(_ change: (inout RedisEmitter) -> Void) -> RedisEmitter {
        var copy = self
        change(&copy)
        return copy
    }

    private var selection: SocketSelection {
        var selection = SocketSelection(rooms: rooms, excluded: excluded, isVolatile: isVolatile)
        selection.isCompressed = isCompressed
        return selection
    }

    // MARK: Operations

    /// Sends an event with values as arguments to the selected sockets.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded, ``RedisEmitterError/reservedName`` if the name belongs to the protocol,
    ///   and ``RedisError`` if Redis doesn't take the message.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        guard !SocketIOPacketParser.isReserved(name) else { throw RedisEmitterError.reservedName }
        let arguments = try Self.arguments(repeat each value)
        try await publish(.broadcast(.event(name: name, arguments), selection, offset: nil))
    }

    /// Adds the selected sockets to rooms.
    ///
    /// - Throws: ``RedisError`` if Redis doesn't take the message.
    public func join(_ rooms: String...) async throws { try await publish(.join(rooms, selection)) }

    /// Removes the selected sockets from rooms.
    ///
    /// - Throws: ``RedisError`` if Redis doesn't take the message.
    public func leave(_ rooms: String...) async throws { try await publish(.leave(rooms, selection)) }

    /// Disconnects the selected sockets; closes their connections too if `closingConnections` is set.
    ///
    /// - Throws: ``RedisError`` if Redis doesn't take the message.
    public func disconnect(closingConnections: Bool = false) async throws {
        try await publish(.disconnect(selection, closingConnections: closingConnections))
    }

    /// Calls the handlers for an event between servers on all servers; the selection of sockets isn't used.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded, and ``RedisError`` if Redis doesn't take the message.
    public func serverSideEmit<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        try await publish(.serverEvent(name: name, try Self.arguments(repeat each value)))
    }

    private static func arguments<each Value: Encodable>(_ value: repeat each Value) throws -> Arguments {
        var arguments = Arguments()
        for value in repeat each value { try arguments.append(value) }
        return arguments
    }

    // MARK: Sending

    private func publish(_ content: ClusterMessage.Content) async throws {
        switch carrier {
        case .classic(let adapter):
            let format = ClassicFormat(node: Self.node, namespace: namespace, isEmitter: true)
            guard let (destination, bytes) = format.encode(content) else { return }
            let channel =
                switch destination {
                case .broadcast(let room?): "\(adapter.key)#\(namespace)#\(room)#"
                case .broadcast(nil): "\(adapter.key)#\(namespace)#"
                case .request, .response: "\(adapter.key)-request#\(namespace)#"
                }
            try await publish("PUBLISH", bytes, on: channel, adapter.client)
        case .sharded(let adapter):
            let format = ClusterMessageFormat(node: Self.node, namespace: namespace, isExtended: false)
            guard let bytes = try format.encode(content) else { return }
            var channel = "\(adapter.channelPrefix)#\(namespace)#"
            if case .broadcast = content, rooms.count == 1, adapter.hasChannel(rooms[0]) { channel += "\(rooms[0])#" }
            try await publish("SPUBLISH", bytes, on: channel, adapter.client)
        case .streams(let adapter):
            let format = ClusterMessageFormat(node: Self.node, namespace: namespace, isExtended: false)
            guard let (kind, data) = format.encodeData(content) else { return }
            let entry = StreamEntry(kind, data, from: Self.node, in: namespace)
            let stream = adapter.options.streamName(of: namespace)
            _ = try await adapter.client.send(entry.command(stream: stream, maxLen: adapter.options.maxLen))
        }
    }

    private func publish(
        _ name: String,
        _ bytes: ByteBuffer,
        on channel: String,
        _ client: RedisClient
    ) async throws {
        var command = RedisCommand(name, channel)
        command.append(bytes)
        _ = try await client.send(command)
    }
}

/// A mistake in the use of a ``RedisEmitter``.
public enum RedisEmitterError: Error, Sendable, CustomStringConvertible {
    /// The name of the event belongs to the protocol, such as `connect`.
    case reservedName

    /// What is wrong.
    public var description: String { "an event can't have this name, which belongs to the protocol of Socket.IO" }
}
#endif
