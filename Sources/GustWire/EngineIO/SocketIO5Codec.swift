import NIOCore

/// Socket.IO protocol 5 in Engine.IO 4 frames: `42["hello",1]`.
///
/// Source: `socket.io-protocol` v5; socket.io-parser 4.2 for every check.
struct SocketIO5Codec: Codec {
    private let maximumAttachments: Int
    private let maximumAttachmentBytes: Int
    /// A binary packet whose attachments have not all been received.
    private var pending: PendingAttachments?

    init(_ limits: PayloadLimits) {
        maximumAttachments = limits.maximumAttachments
        maximumAttachmentBytes = limits.maximumAttachmentBytes
    }

    var awaitedPacket: AnyObject? { pending }

    mutating func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        switch frame {
        case .text(let text):
            // Nearly every frame is a message, so the other types are checked after it.
            guard text.getInteger(at: text.readerIndex, as: UInt8.self) == UInt8(ascii: "4") else {
                if let bytes = try EngineIO4Packet.base64(text) { return try decode(.binary(bytes), body) }
                if let packet = try EngineIO4Packet.control(text) { body(packet) }
                return
            }
            guard pending == nil else { throw WireError(.unexpectedFrame) }
            var attachmentCount = 0
            let packet = try SocketIOPacketParser.parse(
                text,
                at: 1,
                maximumAttachments: maximumAttachments,
                attachmentCount: &attachmentCount
            )
            guard attachmentCount > 0 else { return body(packet) }
            pending = PendingAttachments(packet, count: attachmentCount)
        case .binary(let bytes):
            guard let pending else { throw WireError(.unexpectedFrame) }
            try pending.append(bytes, limit: maximumAttachmentBytes)
            guard pending.attachments.count == pending.count else { return }
            self.pending = nil
            body(pending.completed)
        }
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        if SocketIOPacketWriter.writePlainEvent(packet, into: &buffer) { return false }
        if EngineIO4Packet.encodeControl(packet, into: &buffer) { return false }
        buffer.writeInteger(UInt8(ascii: "4"))
        SocketIOPacketWriter.write(packet, into: &buffer)
        return packet.hasAttachments
    }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }
}
