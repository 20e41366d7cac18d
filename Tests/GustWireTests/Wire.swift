import NIOCore

@testable import GustWire

/// One end of a wire: bytes in, packets as readable text out.
struct Wire {
    var codec: any Codec

    init(_ revision: Revision, _ layer: Layer = .socketIO) {
        codec = revision.makeCodec(layer, PayloadLimits())
    }

    /// What a text frame means.
    mutating func decode(_ text: String) throws(WireError) -> [String] {
        try decode(.text(ByteBuffer(string: text)))
    }

    /// What a binary frame means.
    mutating func decode(_ bytes: [UInt8]) throws(WireError) -> [String] {
        try decode(.binary(ByteBuffer(bytes: bytes)))
    }

    mutating func decode(_ frame: Frame) throws(WireError) -> [String] {
        try packets(frame).map { $0.words }
    }

    mutating func packets(_ frame: Frame) throws(WireError) -> [Packet] {
        var packets: [Packet] = []
        try codec.decode(frame) { packets.append($0) }
        return packets
    }

    /// The text of a packet.
    func encode(_ packet: Packet) -> String {
        var buffer = ByteBuffer()
        codec.encode(packet, into: &buffer)
        return String(buffer: buffer)
    }

    /// All frames of a packet.
    func frames(_ packet: Packet) -> [Frame] {
        var buffer = ByteBuffer()
        codec.encode(packet, into: &buffer)
        return (buffer.readableBytes > 0 ? [.text(buffer)] : [])
            + codec.attachments(of: packet).map(codec.frame(attachment:))
    }
}

/// What is wrong with a text frame; nil if nothing is.
func problem(_ revision: Revision, _ text: String) -> WireError.Problem? {
    var wire = Wire(revision)
    do throws(WireError) {
        _ = try wire.decode(text)
        return nil
    } catch {
        return error.problem
    }
}

/// An event with arguments given as JSON text.
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

/// An acknowledgement with arguments given as JSON text.
func acknowledgement(_ id: Int, _ arguments: String = "", in namespace: String = "/") -> Packet {
    .acknowledgement(namespace: namespace, id: id, arguments: Arguments(trusted: ByteBuffer(string: arguments)))
}

/// JSON that needs no check.
func json(_ text: String) -> JSONSlice { JSONSlice(trusted: ByteBuffer(string: text)) }

extension Packet {
    /// The packet in words, to be compared and read.
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
