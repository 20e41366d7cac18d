import NIOCore

@testable import GustWire

/// Fuzzes packets in MessagePack: a decoded packet can be encoded, and the result decodes to one packet, whose encoding is the same.
///
/// An input is one binary frame.
enum MessagePackFuzzing {
    static func run(_ input: Input) {
        for packet in decode([.binary(input.buffer)]) ?? [] {
            let frames = encode(packet)
            guard let again = decode(frames) else {
                return require(false, "\(packet) is encoded as \(frames), which is invalid")
            }
            require(again.count == 1, "\(packet) came back as \(again)")
            require(again.flatMap(encode) == frames, "\(frames) came back as \(again)")
        }
    }

    private static var limits: PayloadLimits {
        var limits = PayloadLimits()
        limits.parser = .messagePack
        return limits
    }

    /// The packets in frames; nil if a frame is invalid.
    private static func decode(_ frames: [Frame]) -> [Packet]? {
        var codec = Revision.engineIO4.makeCodec(.socketIO, limits)
        var packets: [Packet] = []
        for frame in frames {
            do throws(WireError) {
                try codec.decode(frame) { packets.append($0) }
            } catch {
                return nil
            }
        }
        return packets
    }

    private static func encode(_ packet: Packet) -> [Frame] {
        let codec = Revision.engineIO4.makeCodec(.socketIO, limits)
        var text = ByteBuffer()
        codec.encode(packet, into: &text)
        return (text.readableBytes > 0 ? [.text(text)] : [])
            + codec.attachments(of: packet).map(codec.frame(attachment:))
    }
}
