import GustWire
import NIOCore

/// A decoder that counts events and refuses those above the rate; used only where a rate is set, so that it costs nothing elsewhere.
struct RateLimitedCodec: Codec {
    private var codec: any Codec
    private let bucket: EventBucket

    init(_ codec: any Codec, _ bucket: EventBucket) {
        self.codec = codec
        self.bucket = bucket
    }

    mutating func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        let bucket = bucket
        try codec.decode(frame) { packet in
            switch packet {
            case .event, .message: if bucket.take() { body(packet) }
            default: body(packet)
            }
        }
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool { codec.encode(packet, into: &buffer) }

    func attachments(of packet: Packet) -> [ByteBuffer] { codec.attachments(of: packet) }

    func frame(attachment: ByteBuffer) -> Frame { codec.frame(attachment: attachment) }

    var awaitedPacket: AnyObject? { codec.awaitedPacket }
}
