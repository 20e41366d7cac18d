import NIOCore

/// Binary packets of Engine.IO 3: a byte with the type in front, and only messages (4) are binary.
///
/// Source: `engine.io-protocol` v3, "Payload".
enum EngineIO3Binary {
    private static let message: UInt8 = 4

    /// The message's bytes.
    static func decode(_ bytes: ByteBuffer) throws(WireError) -> ByteBuffer {
        var bytes = bytes
        guard let type = bytes.readInteger(as: UInt8.self) else { throw WireError(.empty) }
        guard type == message else { throw WireError(.unknownType) }
        return bytes
    }

    /// The message with its type.
    static func encode(_ bytes: ByteBuffer) -> ByteBuffer {
        var packet = ByteBufferAllocator().buffer(capacity: bytes.readableBytes + 1)
        packet.writeInteger(message)
        packet.writeImmutableBuffer(bytes)
        return packet
    }

    /// A packet as text for a client that takes no bytes: `b4AQIDBA==`.
    static func decodeBase64(_ text: ByteBuffer) throws(WireError) -> ByteBuffer? {
        let view = text.readableBytesView
        guard view.first == UInt8(ascii: "b") else { return nil }
        guard view.dropFirst().first == UInt8(ascii: "4") else { throw WireError(.unknownType, at: 1) }
        guard let bytes = Base64Text.decode(view.dropFirst(2)) else { throw WireError(.malformed, at: 2) }
        return bytes
    }
}
