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
            var failure: WireError?
            text.withUnsafeReadableBytes { bytes in
                do throws(WireError) {
                    let layout = try layout(of: bytes)
                    take(SocketIOPacketParser.packet(layout, of: bytes, at: text.readerIndex, of: text), layout, body)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        case .binary(let bytes):
            guard let pending else { throw WireError(.unexpectedFrame) }
            try pending.append(bytes, limit: maximumAttachmentBytes)
            guard pending.attachments.count == pending.count else { return }
            self.pending = nil
            body(pending.completed)
        }
    }

    mutating func decode(
        text bytes: UnsafeRawBufferPointer,
        at index: Int,
        of buffer: ByteBuffer,
        to receiver: any PacketReceiver
    ) throws(WireError) {
        guard pending == nil, let event = PlainEvent(bytes) else {
            return try decodeOther(text: bytes, at: index, of: buffer, to: receiver)
        }
        // A part of the readable bytes, as `getSlice` makes it for more.
        var arguments = buffer
        arguments.moveReaderIndex(to: index + event.arguments.lowerBound)
        arguments.moveWriterIndex(to: index + event.arguments.upperBound)
        receiver.receive(
            event: UnsafeRawBufferPointer(rebasing: bytes[event.name]),
            id: event.id,
            arguments: Arguments(trusted: consume arguments)
        )
    }

    /// Decodes a text that isn't a ``PlainEvent``; a function of its own, so that those need little of the stack.
    @inline(never)
    private mutating func decodeOther(
        text bytes: UnsafeRawBufferPointer,
        at index: Int,
        of buffer: ByteBuffer,
        to receiver: any PacketReceiver
    ) throws(WireError) {
        guard bytes.count > 0, bytes[0] == UInt8(ascii: "4") else {
            let text = buffer.getSlice(at: index, length: bytes.count) ?? ByteBuffer()
            return try decode(.text(text)) { receiver.receive($0) }
        }
        let layout = try layout(of: bytes)
        take(SocketIOPacketParser.packet(layout, of: bytes, at: index, of: buffer), layout) { receiver.receive($0) }
    }

    /// Checks a message of Engine.IO and finds the parts of its packet.
    private func layout(of bytes: UnsafeRawBufferPointer) throws(WireError) -> SocketIOPacketParser.Layout {
        guard pending == nil else { throw WireError(.unexpectedFrame) }
        return try SocketIOPacketParser.layout(of: bytes, from: 1, maximumAttachments: maximumAttachments)
    }

    /// Passes a packet on, or keeps it until its attachments have been received.
    private mutating func take(
        _ packet: consuming Packet,
        _ layout: SocketIOPacketParser.Layout,
        _ body: (consuming Packet) -> Void
    ) {
        guard layout.attachmentCount > 0 else { return body(packet) }
        pending = PendingAttachments(packet, count: layout.attachmentCount)
    }

    var writesPlainPackets: Bool { true }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        if SocketIOPacketWriter.writePlainEvent(packet, into: &buffer) { return false }
        if EngineIO4Packet.encodeControl(packet, into: &buffer) { return false }
        buffer.writeInteger(UInt8(ascii: "4"))
        SocketIOPacketWriter.write(packet, into: &buffer)
        return packet.hasAttachments
    }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }
}
