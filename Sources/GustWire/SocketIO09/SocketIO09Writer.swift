import GustJSON
import NIOCore

/// Writes 0.9 packets.
enum SocketIO09Writer {
    /// Appends the packet's text; nothing if this revision has no such packet.
    static func write(_ packet: Packet, into buffer: inout ByteBuffer) {
        switch packet {
        case .close: buffer.writeStaticString("0::")
        case .ping, .pong: buffer.writeStaticString("2::")
        case .noop: buffer.writeStaticString("8::")
        case .disconnect(let namespace): writeHeader("0", nil, namespace ?? "/", into: &buffer)
        case .connect(let namespace, let query, _):
            writeHeader("1", nil, namespace, into: &buffer)
            if let query { buffer.writeString("?\(query)") }
        case .connectError(let namespace, _):
            // 2 is "unauthorized", by which this client knows that the endpoint was refused; it can't receive the reason.
            writeHeader("7", nil, namespace, into: &buffer)
            buffer.writeStaticString(":2")
        case .message(let namespace, let id, let message): write(message, namespace, id, into: &buffer)
        case .event(let namespace, let id, let name, let arguments):
            writeHeader("5", id, namespace, into: &buffer)
            buffer.writeInteger(UInt8(ascii: ":"))
            writeEvent(name, arguments, into: &buffer)
        case .acknowledgement(let namespace, let id, let arguments):
            writeHeader("6", nil, namespace, into: &buffer)
            buffer.writeString(":\(id)")
            guard arguments.text.readableBytes > 0 else { return }
            buffer.writeStaticString("+[")
            buffer.writeImmutableBuffer(AttachmentText.inline(arguments))
            buffer.writeInteger(UInt8(ascii: "]"))
        case .open, .upgrade, .receiptRequest:
            // The client has received the sid in the response to its handshake over HTTP.
            break
        }
    }

    /// Writes `{"name":"a","args":[1]}`, without `args` if there are none.
    static func writeEvent(_ name: String, _ arguments: Arguments, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(#"{"name":"#)
        JSONText.write(name, into: &buffer)
        if arguments.text.readableBytes > 0 {
            buffer.writeStaticString(#","args":["#)
            buffer.writeImmutableBuffer(AttachmentText.inline(arguments))
            buffer.writeInteger(UInt8(ascii: "]"))
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }

    private static func write(_ message: Message, _ namespace: String, _ id: Int?, into buffer: inout ByteBuffer) {
        switch message {
        case .text(let text):
            writeHeader("3", id, namespace, into: &buffer)
            guard !text.isEmpty else { return }
            buffer.writeInteger(UInt8(ascii: ":"))
            buffer.writeString(text)
        case .json(let json):
            writeHeader("4", id, namespace, into: &buffer)
            buffer.writeInteger(UInt8(ascii: ":"))
            buffer.writeImmutableBuffer(json.bytes)
        case .binary(let bytes):
            writeHeader("3", id, namespace, into: &buffer)
            buffer.writeInteger(UInt8(ascii: ":"))
            buffer.writeBytes(AttachmentText.base64(bytes))
        }
    }

    /// Writes type, id and endpoint; an id asks the application for an answer, so it has a `+`.
    private static func writeHeader(
        _ type: StaticString,
        _ id: Int?,
        _ namespace: String,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString(type)
        buffer.writeInteger(UInt8(ascii: ":"))
        if let id { buffer.writeString("\(id)+") }
        buffer.writeInteger(UInt8(ascii: ":"))
        if namespace != "/" { buffer.writeString(namespace) }
    }
}
