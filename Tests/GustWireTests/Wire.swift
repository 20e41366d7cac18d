import NIOCore
import Testing

@testable import GustWire

/// One end of a connection: decodes frames to packets in readable words, and encodes packets.
///
/// Each frame is decoded twice: as a frame of its own, and in place in a larger buffer, as WebSockets decode texts. Both must have the same
/// result.
struct Wire {
    private(set) var codec: any Codec
    private var inPlace: any Codec

    init(_ revision: Revision, _ layer: Layer = .socketIO, _ limits: PayloadLimits = PayloadLimits()) {
        codec = revision.makeCodec(layer, limits)
        inPlace = codec
    }

    /// Decodes a text frame; returns the packets in words.
    mutating func decode(_ text: String) throws(WireError) -> [String] {
        try decode(.text(ByteBuffer(string: text)))
    }

    /// Decodes a binary frame; returns the packets in words.
    mutating func decode(_ bytes: [UInt8]) throws(WireError) -> [String] {
        try decode(.binary(ByteBuffer(bytes: bytes)))
    }

    mutating func decode(_ frame: Frame) throws(WireError) -> [String] {
        try packets(frame).map { $0.words }
    }

    mutating func packets(_ frame: Frame) throws(WireError) -> [Packet] {
        let found = decoded(inPlace: frame)
        var packets: [Packet] = []
        do throws(WireError) {
            try codec.decode(frame) { packets.append($0) }
        } catch {
            #expect(found.error == error, "\(frame)")
            throw error
        }
        #expect(found.error == nil, "\(frame)")
        #expect(found.packets.map(\.words) == packets.map(\.words), "\(frame)")
        return packets
    }

    private mutating func decoded(inPlace frame: Frame) -> (packets: [Packet], error: WireError?) {
        let taken = TakenPackets()
        do throws(WireError) {
            switch frame {
            case .text(let text): try inPlace.decode(inPlace: text, to: taken)
            case .binary: try inPlace.decode(frame) { taken.receive($0) }
            }
            return (taken.packets, nil)
        } catch {
            return (taken.packets, error)
        }
    }

    /// Encodes a packet as text.
    func encode(_ packet: Packet) -> String {
        var buffer = ByteBuffer()
        codec.encode(packet, into: &buffer)
        return String(buffer: buffer)
    }

    /// Encodes a packet as frames, including those of its attachments.
    func frames(_ packet: Packet) -> [Frame] {
        var buffer = ByteBuffer()
        codec.encode(packet, into: &buffer)
        return (buffer.readableBytes > 0 ? [.text(buffer)] : [])
            + codec.attachments(of: packet).map(codec.frame(attachment:))
    }
}

/// The fault of a text frame; nil if the frame is valid.
func problem(_ revision: Revision, _ text: String) -> WireError.Problem? {
    var wire = Wire(revision)
    do throws(WireError) {
        _ = try wire.decode(text)
        return nil
    } catch {
        return error.problem
    }
}

/// Makes an event of arguments in JSON.
func event(
    _ name: String,
    _ arguments: String = "",
    in namespace: String = "/",
    id: Int? = nil,
    attachments: [[UInt8]] = []
) -> Packet {
    .event(
        namespace: namespace,
        id: id,
        name: name,
        arguments: Arguments(
            trusted: ByteBuffer(string: arguments),
            attachments: attachments.map { ByteBuffer(bytes: $0) }
        )
    )
}

/// Makes an acknowledgement of arguments in JSON.
func acknowledgement(_ id: Int, _ arguments: String = "", in namespace: String = "/") -> Packet {
    .acknowledgement(namespace: namespace, id: id, arguments: Arguments(trusted: ByteBuffer(string: arguments)))
}

/// Makes a slice of JSON without validating it.
func json(_ text: String) -> JSONSlice { JSONSlice(trusted: ByteBuffer(string: text)) }

extension Packet {
    /// The packet in words, for comparisons and error messages.
    var words: String {
        switch self {
        case .open(let handshake): "open \(handshake.sid)"
        case .close: "close"
        case .ping(let isProbe): isProbe ? "ping probe" : "ping"
        case .pong(let isProbe): isProbe ? "pong probe" : "pong"
        case .upgrade: "upgrade"
        case .noop: "noop"
        case .connect(let namespace, let query, let payload):
            "connect \(namespace)" + (query.map { " query \($0)" } ?? "") + (payload.map { " \($0)" } ?? "")
        case .disconnect(let namespace): "disconnect \(namespace ?? "everything")"
        case .connectError(let namespace, let payload): "error \(namespace) \(payload)"
        case .event(let namespace, let id, let name, let arguments):
            "event \(namespace)\(id.map { " \($0)" } ?? "") \(name)(\(arguments.words))"
        case .acknowledgement(let namespace, let id, let arguments):
            "acknowledgement \(namespace) \(id) (\(arguments.words))"
        case .message(let namespace, let id, let message):
            "message \(namespace)\(id.map { " \($0)" } ?? "") \(message.words)"
        case .receiptRequest(let namespace, let id): "receipt wanted \(namespace) \(id)"
        }
    }
}

extension Message {
    var words: String {
        switch self {
        case .text(let text): "text \(text)"
        case .json(let json): "json \(json)"
        case .binary(let bytes): "binary \(Array(bytes.readableBytesView))"
        }
    }
}

extension Arguments {
    var words: String {
        ([String(buffer: text)] + attachments.map { "\(Array($0.readableBytesView))" }).joined(separator: " ")
    }
}
