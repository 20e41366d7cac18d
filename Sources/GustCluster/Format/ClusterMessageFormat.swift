import GustAdapter
import GustHTTP
package import GustWire
package import NIOCore

/// The format of messages that the cluster adapters of Node share: sharded pub/sub, streams, and those for other brokers.
///
/// A message is `{"type":…,"data":{…},"uid":…,"nsp":…}`, as text, or as MessagePack if it has attachments. Types above 100 are
/// Gust's own, and other nodes ignore them. Source: socket.io-adapter 2.5.8, `lib/cluster-adapter.ts`.
package struct ClusterMessageFormat: Sendable {
    /// The type of a message.
    package enum Kind: Int, Sendable {
        case hello = 1
        case present = 2
        case broadcast = 3
        case join = 4
        case leave = 5
        case disconnect = 6
        case fetch = 7
        case fetched = 8
        case serverEvent = 9
        case serverReply = 10
        case asked = 11
        case acknowledgement = 12
        case goodbye = 13
        case persist = 101
        case restore = 102
        case restored = 103
        case failure = 104
        case noServerReply = 105
    }

    /// The longest message, in bytes: more than the snapshots of 100,000 sockets have.
    static let maximumLength = 128 << 20

    /// The name of this node.
    package let node: String
    /// The name of the namespace.
    package let namespace: String
    /// Whether messages also say what only nodes of Gust understand: ids of sockets, and acknowledgements that failed.
    package let isExtended: Bool

    package init(node: String, namespace: String, isExtended: Bool) {
        self.node = node
        self.namespace = namespace
        self.isExtended = isExtended
    }

    // MARK: Whole messages

    /// The bytes of a message; nil if the format has no word for it.
    ///
    /// - Parameters:
    ///   - content: the message.
    ///   - isBinary: whether the message is MessagePack even if it has no attachments.
    /// - Returns: the bytes.
    /// - Throws: ``ClusterFormatError`` if the other nodes would refuse the message.
    package func encode(_ content: ClusterMessage.Content, isBinary: Bool = false) throws -> ByteBuffer? {
        guard let (kind, data) = encodeData(content) else { return nil }
        var writer = JSONWriter()
        writer.write(#"{"type":"#)
        writer.write(kind.rawValue)
        if let data {
            writer.write(#","data":"#)
            writer.write(data)
        }
        writer.write(#","uid":"#)
        writer.write(string: node)
        writer.write(#","nsp":"#)
        writer.write(string: namespace)
        writer.write("}")
        let attachments = data?.attachments ?? []
        let bytes =
            attachments.isEmpty && !isBinary ? writer.text : MessagePack.bytes(writer.text, attachments: attachments)
        guard bytes.readableBytes <= Self.maximumLength else {
            throw ClusterFormatError("a message of \(bytes.readableBytes) bytes, which is too long")
        }
        return bytes
    }

    /// Reads a message; nil if it is this node's own, of another namespace, or of a type that isn't known.
    ///
    /// - Throws: ``ClusterFormatError`` if the bytes are no message, or longer than `maximumLength`.
    package func decode(
        _ bytes: ByteBuffer,
        maximumLength: Int = Self.maximumLength
    ) throws(ClusterFormatError) -> ClusterMessage? {
        guard bytes.readableBytes <= maximumLength else {
            throw ClusterFormatError("a message of \(bytes.readableBytes) bytes, which is too long")
        }
        if let plain = plainBroadcast(bytes) { return plain.message }
        let message = try JSONReader.object(try JSONReader.value(bytes))
        let node = try JSONReader.string(try JSONReader.require(message, "uid"))
        let namespace = try JSONReader.string(try JSONReader.require(message, "nsp"))
        let type = try JSONReader.integer(try JSONReader.require(message, "type"))
        return try decode(type: type, message["data"], from: node, in: namespace)
    }

    // MARK: The data of messages

    /// Reads the parts of a message; nil if it is this node's own, of another namespace, or of a type that isn't known.
    package func decode(
        type: Int,
        _ data: JSONSlice?,
        from node: String,
        in namespace: String
    ) throws(ClusterFormatError) -> ClusterMessage? {
        guard !node.hasSameBytes(as: self.node), namespace.hasSameBytes(as: self.namespace),
            let kind = Kind(rawValue: type)
        else { return nil }
        return ClusterMessage(from: node, try decodeData(kind, data))
    }

    private func decodeData(_ kind: Kind, _ data: JSONSlice?) throws(ClusterFormatError) -> ClusterMessage.Content {
        switch kind {
        case .hello: return .hello
        case .present: return .present
        case .goodbye: return .goodbye
        default: break
        }
        let data = try JSONReader.object(data)
        if kind == .persist { return .persist(try SessionFormat.session(data)) }
        let request = try data["requestId"].map(JSONReader.string)
        switch (kind, request) {
        case (.broadcast, _): return try decodeBroadcast(data, request)
        case (.join, _):
            let selection = try JSONReader.options(data["opts"]).selection
            return .join(try JSONReader.rooms(data["rooms"]), selection)
        case (.leave, _):
            let selection = try JSONReader.options(data["opts"]).selection
            return .leave(try JSONReader.rooms(data["rooms"]), selection)
        case (.disconnect, _):
            let selection = try JSONReader.options(data["opts"]).selection
            return .disconnect(selection, closingConnections: data["close"]?.isTrue ?? false)
        case (.serverEvent, _):
            let (name, arguments) = try JSONReader.event(try JSONReader.require(data, "packet"))
            return request.map { .serverAsk(request: $0, name: name, arguments) }
                ?? .serverEvent(name: name, arguments)
        case (.fetch, let request?): return .fetch(request: request, try JSONReader.options(data["opts"]).selection)
        case (.fetched, let request?):
            guard let sockets = data["sockets"]?.elements else { throw ClusterFormatError("an answer without sockets") }
            return .fetched(request: request, try sockets.all.map(JSONReader.snapshot))
        case (.serverReply, let request?): return .serverReply(request: request, Self.argument(data["packet"]))
        case (.noServerReply, let request?): return .serverReply(request: request, nil)
        case (.asked, let request?):
            let count = try JSONReader.integer(try JSONReader.require(data, "clientCount"))
            return .asked(request: request, count: count)
        case (.acknowledgement, let request?):
            let arguments = data["arguments"]?.elements ?? Self.argument(data["packet"])
            return .acknowledgement(request: request, socket: data["socket"]?.string, .success(arguments))
        case (.failure, let request?):
            let error = SocketError(word: data["failure"]?.string ?? "")
            return .acknowledgement(request: request, socket: data["socket"]?.string, .failure(error))
        case (.restore, let request?):
            return .restore(
                request: request,
                pid: try JSONReader.string(try JSONReader.require(data, "pid")),
                offset: data["offset"]?.string,
                isKept: data["kept"]?.isTrue ?? false
            )
        case (.restored, let request?):
            guard let session = data["session"], !session.isNull else { return .restored(request: request, nil) }
            return .restored(request: request, try SessionFormat.session(try JSONReader.object(session)))
        default: throw ClusterFormatError("a message without requestId")
        }
    }

    private func decodeBroadcast(
        _ data: JSONObject,
        _ request: String?
    ) throws(ClusterFormatError) -> ClusterMessage.Content {
        let options = try JSONReader.options(data["opts"])
        let packet = try JSONReader.packet(try JSONReader.require(data, "packet"), message: options.message)
        guard let request else { return .broadcast(packet, options.selection, offset: data["offset"]?.string) }
        return .ask(request: request, packet, options.selection, timeout: options.timeout)
    }

    /// The one value of a reply as arguments.
    private static func argument(_ value: JSONSlice?) -> Arguments {
        var arguments = Arguments()
        if let value { arguments.append(json: value) }
        return arguments
    }
}

extension SocketError {
    /// The word for the error in messages between nodes of Gust.
    var word: String {
        switch self {
        case .disconnected: "disconnected"
        case .timedOut: "timedOut"
        case .tooManyAcknowledgements: "tooManyAcknowledgements"
        case .overloaded: "overloaded"
        case .notSupported: "notSupported"
        }
    }

    /// The error for a word; for one that isn't known, the socket counts as disconnected.
    fileprivate init(word: String) {
        let known: [SocketError] = [.disconnected, .timedOut, .tooManyAcknowledgements, .overloaded, .notSupported]
        self = known.first { $0.word.hasSameBytes(as: word) } ?? .disconnected
    }
}
