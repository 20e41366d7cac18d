#if Redis
import GustAdapter
import GustCluster
import GustHTTP
import GustWire
import NIOCore

/// The sessions of one namespace in Redis, as @socket.io/redis-streams-adapter keeps them, and what their clients have missed, out of the stream.
struct StreamSessions: Sendable {
    private let channel: StreamChannel
    private let local: any NodeAdapter

    /// The most reads for one session, as in the reference adapter.
    private static let maximumReads = 100

    /// How many entries before the position of this node count as not yet recorded.
    private static let margin = 200

    /// The most entries that are looked up because this node hasn't read them yet.
    private static let maximumReceived = 20_000

    /// How many entries are read at once.
    private static let pageLength = 500

    init(_ channel: StreamChannel, _ local: any NodeAdapter) {
        self.channel = channel
        self.local = local
    }

    private var client: RedisClient { channel.adapter.client }
    private var options: RedisStreamsAdapter.Options { channel.adapter.options }

    private func key(_ pid: String) -> String { options.sessionKeyPrefix + pid }

    // MARK: Saving

    /// Saves a session for as long as the node would keep it; an error is reported.
    func save(_ session: SocketSession) {
        guard let limits = local.sessionLimits else { return }
        var command = RedisCommand("SET", key(session.pid))
        command.append(Self.encode(session, position: channel.stream.position))
        command.append("PX")
        command.append(max(1, Int(limits.duration / .milliseconds(1))))
        client.send(command) { [local] result in
            if case .failure(let error) = result { local.report(error, in: "persist") }
        }
    }

    /// Removes a session.
    func remove(_ pid: String) {
        client.send(RedisCommand("DEL", key(pid))) { [local] result in
            if case .failure(let error) = result { local.report(error, in: "restore") }
        }
    }

    /// Base64 of MessagePack: `{sid, pid, rooms, data}`, and for nodes of Gust `first`, the id of the first packet that a client without an offset
    /// may have missed.
    static func encode(_ session: SocketSession, position: StreamID?) -> ByteBuffer {
        var text = ByteBuffer(string: #"{"sid":"#)
        text.writeImmutableBuffer(JSONSlice.string(session.id).bytes)
        text.writeStaticString(#","pid":"#)
        text.writeImmutableBuffer(JSONSlice.string(session.pid).bytes)
        text.writeStaticString(#","rooms":["#)
        for (index, room) in (session.rooms + [session.id]).enumerated() {
            if index > 0 { text.writeStaticString(",") }
            text.writeImmutableBuffer(JSONSlice.string(room).bytes)
        }
        text.writeStaticString(#"],"data":"#)
        text.writeImmutableBuffer(session.data.bytes)
        if session.offset == nil {
            let first = session.missed.first.flatMap { StreamID($0.offset) } ?? position?.successor
            if let first { text.writeString(#","first":"\#(first)""#) }
        }
        text.writeStaticString("}")
        return Base64Text.encode(MessagePack.bytes(text, attachments: []).readableBytesView, behind: "")
    }

    // MARK: Taking

    /// Takes a session out of Redis, with what its client has missed.
    ///
    /// - Parameters:
    ///   - pid: the private id.
    ///   - offset: the offset of the last packet that the client has received; nil if it has received none.
    ///   - position: how far this node had read the stream when it began to record broadcasts for the session.
    /// - Returns: nil if there is no such session, or if the packets after `offset` aren't all in the stream any more.
    /// - Throws: An error if Redis can't be asked, or holds something else.
    func take(_ pid: String, after offset: String?, from position: StreamID?) async throws -> SocketSession? {
        let script = "local s=redis.call('GET',KEYS[1]) redis.call('DEL',KEYS[1]) return s"
        guard let text = try await client.send(RedisCommand("EVAL", script, "1", key(pid))).bytes else { return nil }
        guard let bytes = Base64Text.decode(text.readableBytesView),
            let object = JSONObject(try MessagePack.json(bytes, maximumAttachments: 1_000)),
            let id = object["sid"]?.string, let data = object["data"], JSONObject(data) != nil
        else { throw RedisError.malformedReply("a session that isn't readable") }
        let rooms = (object["rooms"]?.elements?.all ?? []).compactMap(\.string).filter { !$0.hasSameBytes(as: id) }
        let session = SocketSession(id: id, pid: pid, rooms: rooms, data: data, offset: offset, missed: [])
        return try await completed(session, after: offset, first: object["first"]?.string, from: position)
    }

    /// A session with what its client has missed, out of the stream: the node that has handed it over may have read less of the stream than
    /// this one.
    ///
    /// - Parameters:
    ///   - session: id, rooms and data.
    ///   - offset: the offset of the last packet that the client has received; nil if it has received none.
    ///   - first: the id of the first packet that a client without an offset may have missed.
    ///   - position: how far this node had read the stream when it began to record broadcasts for the session.
    /// - Returns: nil if the packets after `offset` aren't all in the stream any more.
    /// - Throws: An error if Redis can't be asked.
    func completed(
        _ session: SocketSession,
        after offset: String?,
        first: String?,
        from position: StreamID?
    ) async throws -> SocketSession? {
        guard let start = try await start(after: offset, first: first) else { return nil }
        let selected = Set((session.rooms + [session.id]).map { ByteText($0) })
        guard let missed = try await missed(from: start, by: selected) else { return nil }
        return SocketSession(
            id: session.id,
            pid: session.pid,
            rooms: session.rooms,
            data: session.data,
            offset: offset,
            missed: missed,
            received: try await received(from: position, upTo: offset)
        )
    }

    /// The id of the first entry that the client may have missed; nil if the stream doesn't reach back so far.
    private func start(after offset: String?, first: String?) async throws -> StreamID? {
        if let offset {
            guard let id = StreamID(offset) else { return nil }
            let reply = try await client.send(RedisCommand("XRANGE", channel.stream.name, "\(id)", "\(id)"))
            return RedisStream.entries(reply).isEmpty ? nil : id.successor
        }
        guard let first = first.flatMap({ StreamID($0) }) else { return nil }
        let reply = try await client.send(RedisCommand("XRANGE", channel.stream.name, "-", "+", "COUNT", "1"))
        // If the stream begins later, entries were removed that the client may have missed.
        guard let oldest = RedisStream.entries(reply).first?.0, oldest > first else { return first }
        return nil
    }

    /// The packets for a socket in `rooms`, from an entry on to the present end of the stream; nil if there are too many.
    ///
    /// Later entries reach the socket by the reader of this node.
    private func missed(
        from start: StreamID,
        by rooms: Set<ByteText>
    ) async throws -> [SocketSession.MissedPacket]? {
        var missed: [SocketSession.MissedPacket] = []
        var start = start
        let stream = channel.stream.name
        let newest = try await client.send(RedisCommand("XREVRANGE", stream, "+", "-", "COUNT", "1"))
        guard let end = RedisStream.entries(newest).first?.0 else { return missed }
        for _ in 0..<Self.maximumReads {
            guard start <= end else { return missed }
            let command = RedisCommand("XRANGE", stream, "\(start)", "\(end)", "COUNT", "\(Self.pageLength)")
            let entries = RedisStream.entries(try await client.send(command))
            guard let last = entries.last?.0 else { return missed }
            for case (let id, let entry?) in entries {
                if let packet = try packet(of: entry, for: rooms) {
                    missed.append(SocketSession.MissedPacket(offset: "\(id)", packet))
                }
            }
            if let limit = local.sessionLimits?.maximumPackets, missed.count > limit { return nil }
            start = last.successor
        }
        return nil
    }

    private func packet(of entry: StreamEntry, for rooms: Set<ByteText>) throws -> NamespacePacket? {
        guard entry.namespace.hasSameBytes(as: channel.format.namespace) else { return nil }
        do {
            // Entries of this node count as well.
            guard let (packet, selection) = try entry.broadcast(), !selection.isVolatile, selection.selects(rooms)
            else { return nil }
            return packet
        } catch {
            // Garbage in the stream is no reason to refuse the session; the reader of the stream has reported it.
            return nil
        }
    }

    /// The ids of entries that the client has received, and that this node has recorded for it since or still has to read.
    private func received(from position: StreamID?, upTo offset: String?) async throws -> [String] {
        guard let last = offset.flatMap({ StreamID($0) }), let position else { return [] }
        let stream = channel.stream.name
        // Entries may have been read between the beginning of the record and the look at the position.
        let before = RedisCommand("XREVRANGE", stream, "\(position)", "-", "COUNT", "\(Self.margin)")
        let first = RedisStream.entries(try await client.send(before)).last?.0 ?? position
        guard first <= last else { return [] }
        let command = RedisCommand("XRANGE", stream, "\(first)", "\(last)", "COUNT", "\(Self.maximumReceived)")
        return RedisStream.entries(try await client.send(command)).map { "\($0.0)" }
    }
}
#endif
