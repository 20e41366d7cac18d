import NIOCore

/// Socket.IO protocol 4 in Engine.IO 3 frames: socket.io-client 1.x and 2.x.
///
/// The packets are those of protocol 5 but for the server's answers to CONNECT. Source: `socket.io-protocol` v4;
/// socket.io 4.8 with `allowEIO3`.
struct SocketIO4Codec: Codec {
    private var packets: SocketIO5Codec

    init(_ limits: PayloadLimits) {
        packets = SocketIO5Codec(limits)
    }

    var awaitedPacket: AnyObject? { packets.awaitedPacket }

    mutating func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        switch frame {
        case .binary(let bytes):
            try packets.decode(.binary(try EngineIO3Binary.decode(bytes)), body)
        case .text(let text):
            if let bytes = try EngineIO3Binary.decodeBase64(text) { return try packets.decode(.binary(bytes), body) }
            try packets.decode(frame, body)
        }
    }

    mutating func decode(
        text bytes: UnsafeRawBufferPointer,
        at index: Int,
        of buffer: ByteBuffer,
        to receiver: any PacketReceiver
    ) throws(WireError) {
        // An attachment that is text begins with its type.
        guard bytes.count > 0, bytes[0] == UInt8(ascii: "b") else {
            return try packets.decode(text: bytes, at: index, of: buffer, to: receiver)
        }
        let text = buffer.getSlice(at: index, length: bytes.count) ?? ByteBuffer()
        try decode(.text(text)) { receiver.receive($0) }
    }

    var writesPlainPackets: Bool { true }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        switch packet {
        case .connect(let namespace, let query, _):
            // These clients can't receive data with the answer.
            let target = query.map { "\(namespace)?\($0)" } ?? namespace
            return packets.encode(.connect(namespace: target, query: nil, payload: nil), into: &buffer)
        case .connectError(let namespace, let payload):
            return packets.encode(.connectError(namespace: namespace, payload: Self.reason(payload)), into: &buffer)
        default:
            return packets.encode(packet, into: &buffer)
        }
    }

    func frame(attachment: ByteBuffer) -> Frame { .binary(EngineIO3Binary.encode(attachment)) }

    /// The argument of the client's `error` event: the data of the error if it has some, otherwise its message.
    ///
    /// Only the refusal of an unknown namespace stays an object, as socket.io 4.8 answers 2.x clients.
    private static func reason(_ payload: JSONSlice) -> JSONSlice {
        let text = payload.bytes
        if text.readableBytesView.elementsEqual(#"{"message":"Invalid namespace"}"#.utf8) { return payload }
        let member = JSONMembers.value(of: "data", in: text) ?? JSONMembers.value(of: "message", in: text)
        return member.map(JSONSlice.init(trusted:)) ?? payload
    }
}
