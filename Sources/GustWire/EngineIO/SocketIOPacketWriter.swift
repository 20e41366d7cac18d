import GustJSON
import NIOCore

/// Writes Socket.IO packets (protocols 4 and 5): `<type>[<attachments>-][<namespace>,][<id>][<json>]`.
enum SocketIOPacketWriter {
    /// Appends an event of `/` with its type of Engine.IO in one write: several writes to a buffer cost more than the bytes.
    ///
    /// - Returns: false, and nothing is written, for any packet that isn't a ``PlainPacket``.
    static func writePlainEvent(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        guard case .event(let namespace, nil, let name, let arguments) = packet, namespace == "/",
            let length = PlainPacket.length(event: name, arguments)
        else { return false }
        // Memory of its own costs an empty buffer less than growing.
        if buffer.capacity == 0 { buffer = ByteBufferAllocator().buffer(capacity: length) }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { output in
            PlainPacket.write(event: name, arguments, to: UnsafeMutableRawBufferPointer(rebasing: output[..<length]))
            return length
        }
        return true
    }

    /// Appends the text of `packet`; a message is written as the event `message`.
    static func write(_ packet: Packet, into buffer: inout ByteBuffer) {
        switch packet {
        case .event(let namespace, let id, let name, let arguments):
            writeHeader(arguments.hasAttachments ? "5" : "2", arguments, namespace, id, into: &buffer)
            writeEvent(name, arguments.text, into: &buffer)
        case .acknowledgement(let namespace, let id, let arguments):
            writeHeader(arguments.hasAttachments ? "6" : "3", arguments, namespace, id, into: &buffer)
            buffer.writeInteger(UInt8(ascii: "["))
            buffer.writeImmutableBuffer(arguments.text)
            buffer.writeInteger(UInt8(ascii: "]"))
        case .message(let namespace, let id, .text(let text)):
            // The most common message is written without making arguments of it.
            writeHeader("2", Arguments(), namespace, id, into: &buffer)
            buffer.writeStaticString(#"["message","#)
            JSONText.write(text, into: &buffer)
            buffer.writeInteger(UInt8(ascii: "]"))
        case .message(let namespace, let id, let message):
            write(.event(namespace: namespace, id: id, name: "message", arguments: message.arguments), into: &buffer)
        case .connect(let namespace, _, let payload):
            writeHeader("0", Arguments(), namespace, nil, into: &buffer)
            if let payload { buffer.writeImmutableBuffer(payload.bytes) }
        case .disconnect(let namespace):
            writeHeader("1", Arguments(), namespace ?? "/", nil, into: &buffer)
        case .connectError(let namespace, let payload):
            writeHeader("4", Arguments(), namespace, nil, into: &buffer)
            buffer.writeImmutableBuffer(payload.bytes)
        case .open, .close, .ping, .pong, .upgrade, .noop, .receiptRequest:
            // Packets of Engine.IO: the codec has written them before this is called.
            break
        }
    }

    private static func writeHeader(
        _ type: StaticString,
        _ arguments: Arguments,
        _ namespace: String,
        _ id: Int?,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString(type)
        if arguments.hasAttachments {
            buffer.writeString(String(arguments.attachments.count))
            buffer.writeInteger(UInt8(ascii: "-"))
        }
        if namespace != "/" {
            buffer.writeString(namespace)
            buffer.writeInteger(UInt8(ascii: ","))
        }
        if let id { buffer.writeString(String(id)) }
    }

    private static func writeEvent(_ name: String, _ arguments: ByteBuffer, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "["))
        JSONText.write(name, into: &buffer)
        if arguments.readableBytes > 0 {
            buffer.writeInteger(UInt8(ascii: ","))
            buffer.writeImmutableBuffer(arguments)
        }
        buffer.writeInteger(UInt8(ascii: "]"))
    }
}

extension Message {
    /// The message as the arguments of an event.
    package var arguments: Arguments {
        var arguments = Arguments()
        switch self {
        case .text(let text): JSONText.write(text, into: &arguments.text)
        case .json(let json): arguments.append(json: json)
        case .binary(let bytes):
            arguments.text.writeStaticString(#"{"_placeholder":true,"num":0}"#)
            arguments.attachments = [bytes]
        }
        return arguments
    }
}
