import NIOCore

/// Bare Engine.IO 4: a digit, then the message; binary messages as they are.
struct EngineIO4Codec: Codec {
    func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        switch frame {
        case .binary(let bytes):
            body(.message(namespace: "/", id: nil, .binary(bytes)))
        case .text(let text):
            if let bytes = try EngineIO4Packet.base64(text) {
                return body(.message(namespace: "/", id: nil, .binary(bytes)))
            }
            if let packet = try EngineIO4Packet.control(text) { return body(packet) }
            let message = text.getString(at: text.readerIndex + 1, length: text.readableBytes - 1) ?? ""
            body(.message(namespace: "/", id: nil, .text(message)))
        }
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        if EngineIO4Packet.encodeControl(packet, into: &buffer) { return false }
        switch packet {
        case .message(_, _, .text(let text)):
            buffer.writeInteger(UInt8(ascii: "4"))
            buffer.writeString(text)
        case .message(_, _, .json(let json)):
            buffer.writeInteger(UInt8(ascii: "4"))
            buffer.writeImmutableBuffer(json.bytes)
        default:
            // Nothing of Socket.IO exists at this layer; a binary message is its attachment.
            break
        }
        return packet.hasAttachments
    }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }
}
