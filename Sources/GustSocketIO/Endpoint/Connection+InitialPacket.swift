import GustWire
import NIOCore

extension Connection {
    /// Sends ``SocketIOSettings/initialPacket``, if there is one and the revision is one of Engine.IO.
    func sendInitialPacket() {
        guard let message = io.settings.initialPacket, revision.engineIOVersion != nil else { return }
        let packet = Packet.message(namespace: "/", id: nil, message)
        // The message is one of Engine.IO, whatever the layer of this server is.
        let codec = revision.makeCodec(.engineIO, io.settings.payloadLimits)
        var text = ByteBuffer()
        codec.encode(packet, into: &text)
        var frames = codec.attachments(of: packet).map(codec.frame(attachment:))
        if text.readableBytes > 0 { frames.insert(.text(text), at: 0) }
        counters.packetsOut.add()
        for frame in frames {
            counters.bytesOut.add(frame.byteCount)
            outbox.append(frame)
        }
        scheduleFlush()
    }
}
