import GustAdapter
import GustHTTP
import GustWire
package import NIOCore

/// The format of the messages of the classic adapter over pub/sub: broadcasts are arrays of MessagePack, and requests and their
/// responses are JSON, or MessagePack if they hold a packet.
///
/// Source: @socket.io/redis-adapter 8.3.0, `lib/index.ts`.
package struct ClassicFormat: Sendable {
    /// Where a message is published.
    package enum Destination: Sendable {
        /// To the sockets of the namespace, or of one room.
        case broadcast(room: String?)
        case request
        case response
    }

    /// A message from the channel of requests.
    package struct Request: Sendable {
        package let message: ClusterMessage
        /// The id under which the sender, an older server, wants to know that the operation was done.
        package let confirmation: String?
    }

    /// The type of a request or a response.
    enum Kind {
        static let sockets = 0
        static let rooms = 1
        static let join = 2
        static let leave = 3
        static let disconnect = 4
        static let fetch = 5
        static let serverEvent = 6
        static let broadcast = 7
        static let clientCount = 8
        static let acknowledgement = 9
        /// A message of Gust's own, which other nodes ignore.
        static let extended = 100
    }

    /// The name of this node.
    package let node: String
    /// The name of the namespace.
    package let namespace: String
    /// Whether the sender is no node, so that its operations have no sender.
    private let isEmitter: Bool
    let extended: ClusterMessageFormat

    package init(node: String, namespace: String, isEmitter: Bool = false) {
        self.node = node
        self.namespace = namespace
        self.isEmitter = isEmitter
        extended = ClusterMessageFormat(node: node, namespace: namespace, isExtended: true)
    }

    /// The bytes of a message and where they are published; nil if the format has no word for it.
    package func encode(_ content: ClusterMessage.Content) -> (destination: Destination, bytes: ByteBuffer)? {
        var writer = JSONWriter()
        switch content {
        case .broadcast(let packet, let selection, let offset):
            writer.write("[")
            writer.write(string: node)
            writer.write(",")
            let kind = writePacket(packet, into: &writer)
            writer.write(",")
            writer.write(selection, message: kind)
            if let offset {
                // Servers of Node ignore it.
                writer.write(",")
                writer.write(string: offset)
            }
            writer.write("]")
            let room = selection.rooms.count == 1 ? selection.rooms[0] : nil
            return (.broadcast(room: room), MessagePack.bytes(writer.text, attachments: writer.attachments))
        case .ask(let request, let packet, let selection, let timeout):
            begin(&writer, request: request, type: Kind.broadcast)
            writer.write(#","packet":"#)
            let kind = writePacket(packet, into: &writer)
            writer.write(#","opts":"#)
            writer.write(selection, message: kind, timeout: timeout)
            writer.write("}")
            return (.request, MessagePack.bytes(writer.text, attachments: writer.attachments))
        case .join(let rooms, let selection), .leave(let rooms, let selection):
            if case .join = content { begin(&writer, type: Kind.join) } else { begin(&writer, type: Kind.leave) }
            writer.write(#","opts":"#)
            writer.write(selection, hasFlags: false)
            writer.write(#","rooms":"#)
            writer.write(strings: rooms)
        case .disconnect(let selection, let closingConnections):
            begin(&writer, type: Kind.disconnect)
            writer.write(#","opts":"#)
            writer.write(selection, hasFlags: false)
            writer.write(closingConnections ? #","close":true"# : #","close":false"#)
        case .fetch(let request, let selection):
            begin(&writer, request: request, type: Kind.fetch)
            writer.write(#","opts":"#)
            writer.write(selection, hasFlags: false)
        case .serverEvent(let name, let arguments):
            begin(&writer, type: Kind.serverEvent)
            writer.write(#","data":"#)
            writer.write(event: name, arguments.withoutAttachments)
        case .serverAsk(let request, let name, let arguments):
            begin(&writer, request: request, type: Kind.serverEvent)
            writer.write(#","data":"#)
            writer.write(event: name, arguments.withoutAttachments)
        case .asked(let request, let count):
            return response(Kind.clientCount, request) { writer in
                writer.write(#","clientCount":"#)
                writer.write(count)
            }
        case .acknowledgement(let request, _, .success(let arguments)):
            writer.write(#"{"type":9,"requestId":"#)
            writer.write(string: request)
            if let first = arguments[0] {
                writer.write(#","packet":"#)
                writer.write(attached: first)
            }
            writer.write("}")
            return (.response, MessagePack.bytes(writer.text, attachments: writer.attachments))
        case .acknowledgement(_, _, .failure), .serverReply(_, nil): return nil
        case .serverReply(let request, let arguments?):
            return response(Kind.serverEvent, request) { writer in
                guard let first = arguments.withoutAttachments[0] else { return }
                writer.write(#","data":"#)
                writer.write(first)
            }
        case .fetched(let request, let snapshots):
            return response(nil, request) { writer in
                writer.write(#","sockets":["#)
                for (index, snapshot) in snapshots.enumerated() {
                    if index > 0 { writer.write(",") }
                    writer.write(snapshot)
                }
                writer.write("]")
            }
        case .listed(let request, let names, let areRooms):
            return response(nil, request) { writer in
                writer.write(areRooms ? #","rooms":"# : #","sockets":"#)
                writer.write(strings: names)
            }
        case .persist, .restore, .hello, .present, .goodbye: return extended(content, .request)
        case .restored: return extended(content, .response)
        case .listSockets, .listRooms: return nil
        }
        writer.write("}")
        return (.request, writer.text)
    }

    /// The response that tells an older server that its operation was done.
    package func confirmation(of request: String) -> ByteBuffer {
        var writer = JSONWriter()
        writer.write(#"{"requestId":"#)
        writer.write(string: request)
        writer.write("}")
        return writer.text
    }

    private func begin(_ writer: inout JSONWriter, request: String? = nil, type: Int) {
        writer.write("{")
        if !isEmitter || type == Kind.serverEvent {
            writer.write(#""uid":"#)
            writer.write(string: node)
            writer.write(",")
        }
        if let request {
            writer.write(#""requestId":"#)
            writer.write(string: request)
            writer.write(",")
        }
        writer.write(#""type":"#)
        writer.write(type)
    }

    private func writePacket(_ packet: NamespacePacket, into writer: inout JSONWriter) -> StaticString? {
        writer.write(#"{"type":2,"data":"#)
        let kind = writer.write(data: packet)
        writer.write(#","nsp":"#)
        writer.write(string: namespace)
        writer.write("}")
        return kind
    }

    private func response(
        _ type: Int?,
        _ request: String,
        _ body: (inout JSONWriter) -> Void
    ) -> (destination: Destination, bytes: ByteBuffer) {
        var writer = JSONWriter()
        writer.write("{")
        if let type {
            writer.write(#""type":"#)
            writer.write(type)
            writer.write(",")
        }
        writer.write(#""requestId":"#)
        writer.write(string: request)
        body(&writer)
        writer.write("}")
        return (.response, writer.text)
    }

    private func extended(
        _ content: ClusterMessage.Content,
        _ destination: Destination
    ) -> (destination: Destination, bytes: ByteBuffer)? {
        guard let (kind, data) = extended.encodeData(content) else { return nil }
        var writer = JSONWriter()
        begin(&writer, type: Kind.extended)
        writer.write(#","message":{"type":"#)
        writer.write(kind.rawValue)
        if let data {
            writer.write(#","data":"#)
            writer.write(whole: data)
        }
        writer.write("}}")
        guard !writer.attachments.isEmpty else { return (destination, writer.text) }
        return (destination, MessagePack.bytes(writer.text, attachments: writer.attachments))
    }
}

extension Arguments {
    /// The arguments with each attachment as `JSON.stringify` writes a `Buffer` of Node.
    fileprivate var withoutAttachments: Arguments {
        guard hasAttachments else { return self }
        return Arguments(trusted: JSONReader.writingBuffers(in: text, attachments))
    }
}
