import GustJSON
import NIOCore

/// Socket.IO protocol 5 in MessagePack: each packet is one binary message, `{"type":2,"nsp":"/","data":["hello",1]}`.
///
/// Bytes are values of MessagePack, so there are no attachments on the wire. Source: socket.io-msgpack-parser 3.0, `index.js`.
struct SocketIO5MessagePackCodec: Codec {
    private let maximumAttachments: Int
    private let maximumAttachmentBytes: Int

    init(_ limits: PayloadLimits) {
        maximumAttachments = limits.maximumAttachments
        maximumAttachmentBytes = limits.maximumAttachmentBytes
    }

    func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        switch frame {
        case .binary(let bytes): body(try packet(bytes))
        case .text(let text):
            if let bytes = try EngineIO4Packet.base64(text) { return body(try packet(bytes)) }
            guard let control = try EngineIO4Packet.control(text) else { throw WireError(.unexpectedFrame) }
            body(control)
        }
    }

    // MARK: Reading

    /// The members of a packet.
    private struct Members {
        var type: Int?
        var namespace: String?
        var id: Int?
        var isArray = false
        /// The number of elements, if the data is an array.
        var count = 0
        /// The first element, if it is a string.
        var name: String?
        /// The first element, or the data if it isn't an array; empty without data.
        var first = ByteBuffer()
        /// The other elements, joined by commas.
        var others = ByteBuffer()
    }

    private func packet(_ bytes: ByteBuffer) throws(WireError) -> Packet {
        var reader = MessagePackReader(bytes, maximumAttachments: maximumAttachments)
        var members = Members()
        for _ in 0..<(try reader.readMap()) {
            switch ByteKey(try reader.readString() ?? "") {
            case .type:
                guard let type = try reader.readInteger() else { throw WireError(.unknownType) }
                members.type = type
            case .namespace:
                guard let namespace = try reader.readString() else { throw WireError(.malformed) }
                members.namespace = namespace
            case .id: members.id = try Self.readID(&reader)
            case .data: try Self.readData(&reader, &members)
            case .other:
                var ignored = ByteBuffer()
                try reader.readValue(into: &ignored)
            }
        }
        guard reader.isAtEnd else { throw WireError(.malformed) }
        return try packet(members, attachments(reader, members))
    }

    /// The keys of a packet; `options` and others are ignored.
    private enum ByteKey {
        case type, namespace, id, data, other

        init(_ key: String) {
            self =
                if key.utf8.elementsEqual("type".utf8) {
                    .type
                } else if key.utf8.elementsEqual("nsp".utf8) {
                    .namespace
                } else if key.utf8.elementsEqual("id".utf8) {
                    .id
                } else if key.utf8.elementsEqual("data".utf8) {
                    .data
                } else {
                    .other
                }
        }
    }

    /// An id; nil for `undefined`, which some clients write.
    private static func readID(_ reader: inout MessagePackReader) throws(WireError) -> Int? {
        if let id = try reader.readInteger() { return id }
        var json = ByteBuffer()
        try reader.readValue(into: &json)
        guard json == ByteBuffer(string: "null") else { throw WireError(.malformed) }
        return nil
    }

    private static func readData(_ reader: inout MessagePackReader, _ members: inout Members) throws(WireError) {
        members.first.clear()
        members.others.clear()
        members.name = nil
        members.isArray = false
        guard let count = try reader.readArray() else {
            try reader.readValue(into: &members.first, depth: 0)
            if members.first == ByteBuffer(string: "null") { members.first.clear() }
            return
        }
        members.isArray = true
        members.count = count
        guard count > 0 else { return }
        if let name = try reader.readString() {
            members.name = name
            JSONText.write(name, into: &members.first)
        } else {
            try reader.readValue(into: &members.first, depth: 1)
        }
        for index in 1..<max(1, count) {
            if index > 1 { members.others.writeStaticString(",") }
            try reader.readValue(into: &members.others, depth: 1)
        }
    }

    private func attachments(_ reader: MessagePackReader, _ members: Members) throws(WireError) -> [ByteBuffer] {
        let attachments = reader.attachments
        guard attachments.reduce(0, { $0 + $1.readableBytes }) <= maximumAttachmentBytes else {
            throw WireError(.attachmentsTooLong)
        }
        guard !attachments.isEmpty else { return [] }
        // A client may write an object that looks like a placeholder.
        var check = PlaceholderCheck(count: attachments.count)
        for json in [members.first, members.others] {
            var failure: WireError?
            json.withUnsafeReadableBytes { bytes in
                do throws(WireError) {
                    try check.check(bytes)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
        return attachments
    }

    private func packet(_ members: Members, _ attachments: [ByteBuffer]) throws(WireError) -> Packet {
        guard let type = members.type else { throw WireError(.unknownType) }
        guard let namespace = members.namespace else { throw WireError(.malformed) }
        let isObject = members.first.getInteger(at: members.first.readerIndex, as: UInt8.self) == UInt8(ascii: "{")
        switch type {
        case 0:
            guard !members.isArray, members.first.readableBytes == 0 || isObject else {
                throw WireError(.invalidPayload)
            }
            let payload = members.first.readableBytes > 0 ? JSONSlice(trusted: members.first) : nil
            return .connect(namespace: namespace, query: nil, payload: payload)
        case 1:
            guard !members.isArray, members.first.readableBytes == 0 else { throw WireError(.invalidPayload) }
            return .disconnect(namespace: namespace)
        case 2:
            guard members.isArray, let name = members.name else { throw WireError(.invalidPayload) }
            guard !SocketIOPacketParser.isReserved(name) else { throw WireError(.reservedName) }
            let arguments = Arguments(trusted: members.others, attachments: attachments)
            return .event(namespace: namespace, id: members.id, name: name, arguments: arguments)
        case 3:
            guard members.isArray else { throw WireError(.invalidPayload) }
            guard let id = members.id else { return .noop }
            var text = members.first
            if members.count > 1 {
                text.writeStaticString(",")
                text.writeImmutableBuffer(members.others)
            }
            let arguments = Arguments(trusted: text, attachments: attachments)
            return .acknowledgement(namespace: namespace, id: id, arguments: arguments)
        case 4:
            guard !members.isArray, isObject else { throw WireError(.invalidPayload) }
            return .connectError(namespace: namespace, payload: JSONSlice(trusted: members.first))
        default: throw WireError(.unknownType)
        }
    }

    // MARK: Writing

    /// Writes the packets of Engine.IO as text; a packet of Socket.IO is a binary frame.
    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        if EngineIO4Packet.encodeControl(packet, into: &buffer) { return false }
        if case .receiptRequest = packet { return false }
        return true
    }

    func attachments(of packet: Packet) -> [ByteBuffer] {
        switch packet {
        case .event(let namespace, let id, let name, let arguments):
            var elements = MessagePackWriter()
            elements.write(name)
            return [Self.write(2, namespace, id, elements, 1, arguments)]
        case .acknowledgement(let namespace, let id, let arguments):
            return [Self.write(3, namespace, id, MessagePackWriter(), 0, arguments)]
        case .message(let namespace, let id, let message):
            let event = Packet.event(namespace: namespace, id: id, name: "message", arguments: message.arguments)
            return attachments(of: event)
        case .connect(let namespace, _, let payload): return [Self.write(0, namespace, payload)]
        case .disconnect(let namespace): return [Self.write(1, namespace ?? "/", nil)]
        case .connectError(let namespace, let payload): return [Self.write(4, namespace, payload)]
        case .open, .close, .ping, .pong, .upgrade, .noop, .receiptRequest: return []
        }
    }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }

    private static func write(
        _ type: Int,
        _ namespace: String,
        _ id: Int?,
        _ begun: MessagePackWriter,
        _ begunCount: Int,
        _ arguments: Arguments
    ) -> ByteBuffer {
        var elements = begun
        let count = begunCount + elements.write(elements: arguments.text, arguments.attachments)
        var writer = MessagePackWriter()
        writer.writeMap(id == nil ? 3 : 4)
        writeHeader(type, namespace, into: &writer)
        if let id {
            writer.write("id")
            writer.write(id)
        }
        writer.write("data")
        writer.writeArray(count)
        writer.append(elements)
        return writer.bytes
    }

    private static func write(_ type: Int, _ namespace: String, _ payload: JSONSlice?) -> ByteBuffer {
        var writer = MessagePackWriter()
        writer.writeMap(payload == nil ? 2 : 3)
        writeHeader(type, namespace, into: &writer)
        if let payload {
            writer.write("data")
            _ = writer.write(elements: payload.bytes, [])
        }
        return writer.bytes
    }

    private static func writeHeader(_ type: Int, _ namespace: String, into writer: inout MessagePackWriter) {
        writer.write("type")
        writer.write(type)
        writer.write("nsp")
        writer.write(namespace)
    }
}
