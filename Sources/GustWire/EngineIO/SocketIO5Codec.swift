import NIOCore

/// Socket.IO protocol 5 in Engine.IO 4 frames: `42["hello",1]`.
///
/// Source: `socket.io-protocol` v5; socket.io-parser 4.2 for every check (`modern.md` §10).
struct SocketIO5Codec: Codec {
    private let maximumAttachments: Int
    private let maximumAttachmentBytes: Int
    /// A binary packet that waits for its attachments.
    private var pending: PendingAttachments?

    init(_ limits: PayloadLimits) {
        maximumAttachments = limits.maximumAttachments
        maximumAttachmentBytes = limits.maximumAttachmentBytes
    }

    var awaitedPacket: AnyObject? { pending }

    mutating func decode(_ frame: Frame, _ body: (Packet) -> Void) throws(WireError) {
        switch frame {
        case .text(let text):
            if let bytes = try EngineIO4Packet.base64(text) { return try decode(.binary(bytes), body) }
            if let packet = try EngineIO4Packet.control(text) { return body(packet) }
            guard pending == nil else { throw WireError(.unexpectedFrame) }
            let parsed = try SocketIOPacketParser.parse(text, at: 1, maximumAttachments: maximumAttachments)
            guard parsed.attachmentCount > 0 else { return body(parsed.packet) }
            pending = PendingAttachments(parsed.packet, count: parsed.attachmentCount)
        case .binary(let bytes):
            guard let pending else { throw WireError(.unexpectedFrame) }
            try pending.append(bytes, limit: maximumAttachmentBytes)
            guard pending.attachments.count == pending.count else { return }
            self.pending = nil
            body(pending.completed)
        }
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) {
        if SocketIOPacketWriter.writePlainEvent(packet, into: &buffer) { return }
        if EngineIO4Packet.encodeControl(packet, into: &buffer) { return }
        buffer.writeInteger(UInt8(ascii: "4"))
        SocketIOPacketWriter.write(packet, into: &buffer)
    }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }
}
