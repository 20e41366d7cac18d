import NIOCore

/// The packet types of Engine.IO 4 that carry no message.
enum EngineIO4Packet {
    /// The packet, or nil for a message (type 4).
    ///
    /// - Throws: `empty` without a type, `unknownType` for anything but the digits 0 to 6.
    static func control(_ text: ByteBuffer) throws(WireError) -> Packet? {
        guard let type = text.getInteger(at: text.readerIndex, as: UInt8.self) else { throw WireError(.empty) }
        if type == UInt8(ascii: "4") { return nil }
        let bytes = text.readableBytesView
        switch type {
        case UInt8(ascii: "1"): return .close
        case UInt8(ascii: "2"): return .ping(probe: bytes.dropFirst().elementsEqual("probe".utf8))
        case UInt8(ascii: "3"): return .pong(probe: bytes.dropFirst().elementsEqual("probe".utf8))
        case UInt8(ascii: "5"): return .upgrade
        // An open packet from a client has no meaning; like a noop, it is ignored (engine.io 6.6, `lib/socket.ts`).
        case UInt8(ascii: "0"), UInt8(ascii: "6"): return .noop
        default: throw WireError(.unknownType)
        }
    }

    /// The bytes of a binary message that is text on the wire, `b` and base64; nil for any other text.
    static func base64(_ text: ByteBuffer) throws(WireError) -> ByteBuffer? {
        guard text.getInteger(at: text.readerIndex, as: UInt8.self) == UInt8(ascii: "b") else { return nil }
        guard let bytes = Base64Text.decode(text.readableBytesView.dropFirst()) else {
            throw WireError(.malformed, at: 1)
        }
        return bytes
    }

    /// Writes the packet if it is of one of these types; false otherwise.
    static func encodeControl(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        switch packet {
        case .ping(let isProbe): buffer.writeStaticString(isProbe ? "2probe" : "2")
        case .pong(let isProbe): buffer.writeStaticString(isProbe ? "3probe" : "3")
        case .close: buffer.writeStaticString("1")
        case .upgrade: buffer.writeStaticString("5")
        case .noop: buffer.writeStaticString("6")
        case .open(let handshake): encodeOpen(handshake, into: &buffer)
        default: return false
        }
        return true
    }

    /// Keys in the order of engine.io 6.6 (`lib/socket.ts`, `onOpen`).
    private static func encodeOpen(_ handshake: Handshake, into buffer: inout ByteBuffer) {
        // In pieces: an interpolated string costs as much as the rest of an open packet's way to the client.
        buffer.writeStaticString(#"0{"sid":""#)
        buffer.writeString(handshake.sid)
        buffer.writeStaticString(#"","upgrades":["#)
        for (index, upgrade) in handshake.upgrades.enumerated() {
            buffer.writeStaticString(index == 0 ? "\"" : ",\"")
            buffer.writeString(upgrade)
            buffer.writeStaticString("\"")
        }
        buffer.writeStaticString(#"],"pingInterval":"#)
        buffer.writeString(String(handshake.pingInterval.milliseconds))
        buffer.writeStaticString(#","pingTimeout":"#)
        buffer.writeString(String(handshake.pingTimeout.milliseconds))
        buffer.writeStaticString(#","maxPayload":"#)
        buffer.writeString(String(handshake.maximumPayload))
        buffer.writeStaticString("}")
    }
}
