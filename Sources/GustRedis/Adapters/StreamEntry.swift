#if Redis
import GustAdapter
import GustCluster
import GustHTTP
import GustWire
import NIOCore

/// An entry of a stream: the fields of a message.
struct StreamEntry: Sendable {
    /// The name of the sender.
    let node: String
    /// The name of the namespace.
    let namespace: String
    /// The type of the message.
    let type: Int
    /// The data as text of JSON, or as base64 of MessagePack; nil for none.
    let data: ByteBuffer?

    /// Makes the entry of a message.
    ///
    /// - Parameters:
    ///   - kind: the type.
    ///   - data: the data; byte strings make it MessagePack.
    ///   - node: the name of the sender.
    ///   - namespace: the name of the namespace.
    init(_ kind: ClusterMessageFormat.Kind, _ data: JSONSlice?, from node: String, in namespace: String) {
        self.node = node
        self.namespace = namespace
        type = kind.rawValue
        self.data = data.map { data in
            guard data.hasAttachments else { return data.bytes }
            return Base64Text.encode(
                MessagePack.bytes(data.bytes, attachments: data.attachments).readableBytesView,
                behind: ""
            )
        }
    }

    /// Reads the fields of an entry; nil if it is no message of a namespace.
    init?(_ fields: [RESPValue]) {
        var node: ByteBuffer?
        var namespace: ByteBuffer?
        var type: Int?
        var data: ByteBuffer?
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].bytes, let value = fields[index + 1].bytes else { return nil }
            let bytes = name.readableBytesView
            switch bytes.count {
            case 3 where bytes.elementsEqual("uid".utf8): node = value
            case 3 where bytes.elementsEqual("nsp".utf8): namespace = value
            case 4 where bytes.elementsEqual("type".utf8): type = Int(String(buffer: value))
            case 4 where bytes.elementsEqual("data".utf8): data = value
            default: break
            }
        }
        guard let node, let namespace, let type else { return nil }
        self.node = String(buffer: node)
        self.namespace = String(buffer: namespace)
        self.type = type
        self.data = data
    }

    /// The command that adds the entry.
    func command(stream: String, maxLen: Int) -> RedisCommand {
        var command = RedisCommand("XADD", stream, "MAXLEN", "~", String(maxLen), "*", "uid", node, "nsp", namespace)
        command.append("type")
        command.append(type)
        if let data {
            command.append("data")
            command.append(data)
        }
        return command
    }

    /// The packet of a broadcast, whichever node has sent it; nil for another message.
    ///
    /// - Throws: An error if the entry is malformed.
    func broadcast() throws -> (packet: NamespacePacket, selection: SocketSelection)? {
        guard case .broadcast(let packet, let selection, _)? = try content() else { return nil }
        return (packet, selection)
    }

    /// The message, whichever node has sent it; nil if its type isn't known.
    ///
    /// - Throws: An error if the entry is malformed.
    func content() throws -> ClusterMessage.Content? {
        if isPlainBroadcast, let data, let plain = ClusterMessageFormat.plainBroadcast(data: data) {
            return .broadcast(plain.packet, plain.selection, offset: nil)
        }
        let format = ClusterMessageFormat(node: "", namespace: namespace, isExtended: false)
        return try format.decode(type: type, json(), from: node, in: namespace)?.content
    }

    /// Whether the entry is a broadcast whose data are text.
    var isPlainBroadcast: Bool { type == ClusterMessageFormat.Kind.broadcast.rawValue }

    /// The data as checked JSON.
    ///
    /// - Throws: An error if it is neither.
    func json() throws -> JSONSlice? {
        guard let data else { return nil }
        guard data.readableBytesView.first != UInt8(ascii: "{") else { return try JSONSlice(received: data) }
        guard let bytes = Base64Text.decode(data.readableBytesView) else { throw WireError(.malformed) }
        return try MessagePack.json(bytes, maximumAttachments: 100_000)
    }
}
#endif
