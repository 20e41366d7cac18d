import NIOCore

/// Bare Engine.IO 3: text as in revision 4; binary messages begin with their type.
struct EngineIO3Codec: Codec {
    private let text = EngineIO4Codec()

    func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        switch frame {
        case .binary(let bytes):
            body(.message(namespace: "/", id: nil, .binary(try EngineIO3Binary.decode(bytes))))
        case .text(let bytes):
            if let message = try EngineIO3Binary.decodeBase64(bytes) {
                return body(.message(namespace: "/", id: nil, .binary(message)))
            }
            try text.decode(frame, body)
        }
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool { text.encode(packet, into: &buffer) }

    func frame(attachment: ByteBuffer) -> Frame { .binary(EngineIO3Binary.encode(attachment)) }
}
