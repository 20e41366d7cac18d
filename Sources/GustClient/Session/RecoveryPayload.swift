import GustJSON
import GustWire
import NIOCore

/// The payload of a CONNECT packet that asks to continue a socket (socket.io 4.6).
enum RecoveryPayload {
    /// Adds `pid` and `offset` to the members of an object; anything else is replaced, because the server takes objects only.
    static func adding(_ pid: String, _ offset: JSONSlice?, to payload: JSONSlice?) -> JSONSlice {
        var text = ByteBuffer()
        text.writeStaticString("{")
        // The last one of several members with the same name counts, so these come last.
        if let payload, let members = members(of: payload) {
            text.writeImmutableBuffer(members)
            text.writeStaticString(",")
        }
        text.writeStaticString(#""pid":"#)
        JSONText.write(pid, into: &text)
        if let offset {
            text.writeStaticString(#","offset":"#)
            text.writeImmutableBuffer(offset.bytes)
        }
        text.writeStaticString("}")
        return JSONSlice(trusted: text)
    }

    /// The text between the braces of an object; nil for anything else, and for an object without members.
    private static func members(of payload: JSONSlice) -> ByteBuffer? {
        let view = payload.bytes.readableBytesView
        guard let open = view.firstIndex(where: { !$0.isJSONBlank }), view[open] == UInt8(ascii: "{"),
            let close = view.lastIndex(where: { !$0.isJSONBlank }), close > open,
            view[(open + 1)..<close].contains(where: { !$0.isJSONBlank })
        else { return nil }
        return payload.bytes.getSlice(at: open + 1, length: close - open - 1)
    }
}

extension UInt8 {
    fileprivate var isJSONBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
