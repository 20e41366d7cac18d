import NIOCore

@testable import GustWire

/// Fuzzes the packets of one revision: a decoded packet can be encoded, and the result decodes to an equivalent packet.
///
/// An input is a digit (bit 1: with the layer of Socket.IO; bit 2: after the server has sent OPEN) and frames, one on
/// each line, which begin with `b` for a binary frame and `t` for text.
enum PacketFuzzing {
    static func run(_ revision: Revision, _ input: Input) {
        var input = input
        let variant = input.takeVariant()
        let layer: Layer = variant & 1 == 1 ? .socketIO : .engineIO
        var codec = revision.makeCodec(layer, PayloadLimits())
        if variant & 2 == 2 { open(codec) }
        for line in input.lines(upTo: 32) {
            guard let frame = frame(line) else { return }
            var packets: [Packet] = []
            do throws(WireError) {
                try codec.decode(frame) { packets.append($0) }
            } catch {
                require(error.offset >= 0 && error.offset <= line.bytes.count, "\(error) in \(line.bytes.count) bytes")
                return
            }
            // A frame of 0.6 contains several messages of at least 7 bytes; a packet of 0.9 can come with a request for
            // a receipt.
            require(packets.count <= 2 + line.bytes.count / 7, "\(packets.count) packets")
            for packet in packets { check(packet, revision, layer) }
        }
    }

    private static func open(_ codec: any Codec) {
        var output = ByteBuffer()
        codec.encode(
            .open(
                Handshake(
                    sid: "a",
                    upgrades: [],
                    pingInterval: .seconds(25),
                    pingTimeout: .seconds(20),
                    maximumPayload: 1_000
                )
            ),
            into: &output
        )
        codec.encode(.ping(probe: false), into: &output)
    }

    /// The frame on a line; nil for text that isn't UTF-8, which all transports refuse.
    private static func frame(_ line: Input) -> Frame? {
        var line = line
        let isBinary = line.takeVariant() == Int(UInt8(ascii: "b") - UInt8(ascii: "0"))
        if isBinary { return .binary(line.buffer) }
        return line.text == nil ? nil : .text(line.buffer)
    }

    private static func check(_ packet: Packet, _ revision: Revision, _ layer: Layer) {
        let frames = frames(packet, revision, layer)
        // A number as the reason, `445`, is decoded as an id; the encoding of the reference server is ambiguous too.
        if case .connectError = packet, revision == .engineIO3 { return }
        var codec = revision.makeCodec(layer, PayloadLimits())
        var again: [Packet] = []
        do throws(WireError) {
            for frame in frames { try codec.decode(frame) { again.append($0) } }
        } catch {
            return require(false, "\(meaning(packet, revision)) is encoded as \(frames), which is \(error)")
        }
        require(codec.awaitedPacket == nil, "\(frames) is incomplete")
        guard !frames.isEmpty else { return }
        let meanings = again.map { meaning($0, revision) }
        require(meanings == [meaning(packet, revision)], "\(meaning(packet, revision)) came back as \(meanings)")
        switch packet {
        // In revision 3 each encoding of a refusal loses data; in 0.6 each heartbeat has a new number.
        case .connectError, .ping, .pong: return
        default: break
        }
        let said = again.flatMap { self.frames($0, revision, layer) }
        require(said == frames, "\(frames) came back as \(said)")
    }

    private static func frames(_ packet: Packet, _ revision: Revision, _ layer: Layer) -> [Frame] {
        let codec = revision.makeCodec(layer, PayloadLimits())
        var text = ByteBuffer()
        codec.encode(packet, into: &text)
        return (text.readableBytes > 0 ? [.text(text)] : [])
            + codec.attachments(of: packet).map(codec.frame(attachment:))
    }

    /// A description of the packet, without the fields that some revisions don't send.
    private static func meaning(_ packet: Packet, _ revision: Revision) -> String {
        switch packet {
        // In these revisions a ping and a pong have the same bytes.
        case .ping where revision.engineIOVersion == nil, .pong where revision.engineIOVersion == nil: "heartbeat"
        case .connect(let namespace, _, _): "connect \(namespace)"
        case .connectError(let namespace, _): "refuse \(namespace)"
        case .disconnect(let namespace): "leave \(namespace ?? "/")"
        case .event(let namespace, let id, let name, let arguments):
            "event \(namespace) \(id ?? -1) \(name) \(arguments)"
        default: "\(packet)"
        }
    }
}
