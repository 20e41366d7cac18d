import GustAdapter
import GustHTTP
import GustWire
package import NIOCore

/// Reading the messages of the classic adapter.
extension ClassicFormat {
    /// Reads a broadcast; nil if it is this node's own or of another namespace.
    ///
    /// - Throws: ``ClusterFormatError`` if the bytes are no broadcast.
    package func broadcast(_ bytes: ByteBuffer) throws(ClusterFormatError) -> ClusterMessage? {
        switch plainBroadcast(bytes) {
        case .message(let message)?: return message
        case .foreign?: return nil
        case nil: break
        }
        guard let parts = try Self.value(bytes).elements?.all, parts.count >= 2 else {
            throw ClusterFormatError("a broadcast that is no array")
        }
        let sender = try JSONReader.string(parts[0])
        guard !sender.hasSameBytes(as: node), try isOfNamespace(parts[1]) else { return nil }
        let options = try JSONReader.options(parts.count > 2 ? parts[2] : nil)
        let packet = try JSONReader.packet(parts[1], message: options.message)
        let offset = parts.count > 3 ? parts[3].string : nil
        return ClusterMessage(from: sender, .broadcast(packet, options.selection, offset: offset))
    }

    /// Whether a packet is of the namespace; one without a namespace is of `/`.
    private func isOfNamespace(_ packet: JSONSlice) throws(ClusterFormatError) -> Bool {
        let name = try JSONReader.object(packet)["nsp"].flatMap { $0.isNull ? nil : $0 }
        return try name.map(JSONReader.string)?.hasSameBytes(as: namespace) ?? namespace.hasSameBytes(as: "/")
    }

    /// Reads a request; nil if it is this node's own, or of a type that isn't known.
    ///
    /// - Throws: ``ClusterFormatError`` if the bytes are no request.
    package func request(_ bytes: ByteBuffer) throws(ClusterFormatError) -> Request? {
        let request = try JSONReader.object(try Self.value(bytes))
        let type = try JSONReader.integer(try JSONReader.require(request, "type"))
        let sender = try request["uid"].flatMap { $0.isNull ? nil : $0 }.map(JSONReader.string)
        if let sender, sender.hasSameBytes(as: node) { return nil }
        if type == Kind.extended {
            return try extendedMessage(request, from: sender).map { Request(message: $0, confirmation: nil) }
        }
        let id = try request["requestId"].flatMap { $0.isNull ? nil : $0 }.map(JSONReader.string)
        let (content, confirmation) = try content(request, type, id)
        return content.map { Request(message: ClusterMessage(from: sender, $0), confirmation: confirmation) }
    }

    private func content(
        _ request: JSONObject,
        _ type: Int,
        _ id: String?
    ) throws(ClusterFormatError) -> (ClusterMessage.Content?, confirmation: String?) {
        func needed() throws(ClusterFormatError) -> String {
            guard let id else { throw ClusterFormatError("a request without requestId") }
            return id
        }
        // An older server names one socket by its id, and one room.
        let socket = try request["sid"].flatMap { $0.isNull ? nil : $0 }.map(JSONReader.string)
        var selection = SocketSelection()
        if let socket {
            selection = SocketSelection(rooms: [socket])
        } else if type != Kind.sockets, type != Kind.broadcast {
            selection = try JSONReader.options(request["opts"]).selection
        }
        let rooms =
            if socket != nil, let room = request["room"] { [try JSONReader.string(room)] } else {
                try JSONReader.rooms(request["rooms"])
            }
        let confirmation = socket == nil ? nil : id
        switch type {
        case Kind.sockets: return (.listSockets(request: try needed(), SocketSelection(rooms: rooms)), nil)
        case Kind.rooms: return (.listRooms(request: try needed()), nil)
        case Kind.join: return (.join(rooms, selection), confirmation)
        case Kind.leave: return (.leave(rooms, selection), confirmation)
        case Kind.disconnect:
            let closing = request["close"]?.isTrue ?? false
            return (.disconnect(selection, closingConnections: closing), confirmation)
        case Kind.fetch: return (.fetch(request: try needed(), selection), nil)
        case Kind.serverEvent:
            let (name, arguments) = try JSONReader.event(try JSONReader.require(request, "data"))
            guard let id else { return (.serverEvent(name: name, arguments), nil) }
            return (.serverAsk(request: id, name: name, arguments), nil)
        case Kind.broadcast:
            let packet = try JSONReader.require(request, "packet")
            guard try isOfNamespace(packet) else { return (nil, nil) }
            let options = try JSONReader.options(request["opts"])
            let event = try JSONReader.packet(packet, message: options.message)
            return (.ask(request: try needed(), event, options.selection, timeout: options.timeout), nil)
        default: return (nil, nil)
        }
    }

    /// Reads a response; nil if it is none that this node can have asked for.
    ///
    /// - Throws: ``ClusterFormatError`` if the bytes are no response.
    package func response(_ bytes: ByteBuffer) throws(ClusterFormatError) -> ClusterMessage? {
        let response = try JSONReader.object(try Self.value(bytes))
        let type = response["type"]?.integer
        if type == Kind.extended { return try extendedMessage(response, from: response["uid"]?.string) }
        let id = try JSONReader.string(try JSONReader.require(response, "requestId"))
        switch type {
        case Kind.clientCount?:
            let count = try JSONReader.integer(try JSONReader.require(response, "clientCount"))
            return ClusterMessage(from: nil, .asked(request: id, count: count))
        case Kind.acknowledgement?:
            let arguments = Self.argument(response["packet"])
            return ClusterMessage(from: nil, .acknowledgement(request: id, socket: nil, .success(arguments)))
        case Kind.serverEvent?:
            return ClusterMessage(from: nil, .serverReply(request: id, Self.argument(response["data"])))
        default:
            guard let sockets = response["sockets"]?.elements?.all else { return nil }
            return ClusterMessage(from: nil, .fetched(request: id, try sockets.map(JSONReader.snapshot)))
        }
    }

    private func extendedMessage(
        _ object: JSONObject,
        from sender: String?
    ) throws(ClusterFormatError) -> ClusterMessage? {
        guard let sender else { throw ClusterFormatError("a message without uid") }
        let message = try JSONReader.object(try JSONReader.require(object, "message"))
        let type = try JSONReader.integer(try JSONReader.require(message, "type"))
        return try extended.decode(type: type, message["data"], from: sender, in: namespace)
    }

    private static func argument(_ value: JSONSlice?) -> Arguments {
        var arguments = Arguments()
        if let value { arguments.append(json: value) }
        return arguments
    }

    private static func value(_ bytes: ByteBuffer) throws(ClusterFormatError) -> JSONSlice {
        guard bytes.readableBytes <= ClusterMessageFormat.maximumLength else {
            throw ClusterFormatError("a message of \(bytes.readableBytes) bytes, which is too long")
        }
        return try JSONReader.value(bytes)
    }
}
