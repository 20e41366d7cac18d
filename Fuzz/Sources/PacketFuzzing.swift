import NIOCore

@testable import GustWire

/// Packets of one revision: what decodes can be said again, and then means the same.
///
/// An input is a digit (1: with Socket.IO's layer; 2: as the server that has opened the session) and frames, a line each,
/// that begin with `b` for a binary one, `t` for text.
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
            // A frame of 0.6 holds several messages, the shortest of 7 bytes; one of 0.9 may want a receipt beside.
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

    /// nil for text that isn't UTF-8, which no transport lets through.
    private static func frame(_ line: Input) -> Frame? {
        var line = line
        let isBinary = line.takeVariant() == Int(UInt8(ascii: "b") - UInt8(ascii: "0"))
        if isBinary { return .binary(line.buffer) }
        return line.text == nil ? nil : .text(line.buffer)
    }

    private static func check(_ packet: Packet, _ revision: Revision, _ layer: Layer) {
        let frames = frames(packet, revision, layer)
        // A number as the reason, `445`, reads as an id; the reference has no other way to say it either.
        if case .connectError = packet, revision == .engineIO3 { return }
        var codec = revision.makeCodec(layer, PayloadLimits())
        var again: [Packet] = []
        do throws(WireError) {
            for frame in frames { try codec.decode(frame) { again.append($0) } }
        } catch {
            return require(false, "\(meaning(packet, revision)) is said as \(frames), which is \(error)")
        }
        require(codec.awaitedPacket == nil, "\(frames) isn't whole")
        guard !frames.isEmpty else { return }
        let meanings = again.map { meaning($0, revision) }
        require(meanings == [meaning(packet, revision)], "\(meaning(packet, revision)) came back as \(meanings)")
        switch packet {
        // A refusal is said in fewer words each time by those who have no more (3); a heartbeat has a new number (0.6).
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

    /// The packet in words, without what some revision doesn't say.
    private static func meaning(_ packet: Packet, _ revision: Revision) -> String {
        switch packet {
        // Where both ends use the same words, only who spoke first tells them apart.
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
