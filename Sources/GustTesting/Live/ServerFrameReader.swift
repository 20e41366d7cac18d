import NIOCore

/// Reads frames of a server and joins the fragments of messages (RFC 6455 §5.2, §5.4).
struct ServerFrameReader {
    /// A control frame, or a complete message.
    struct Frame {
        var opcode: WebSocketOpcode
        var payload: ByteBuffer
    }

    /// The message whose fragments are being received.
    private var collected: Frame?

    /// Removes the next control frame or message from `bytes`; nil if none is complete.
    ///
    /// - Throws: ``TestError/unexpected(_:)`` if a frame is invalid for a server.
    mutating func next(_ bytes: inout ByteBuffer) throws -> Frame? {
        while let (isFinal, frame) = try readFrame(&bytes) {
            guard frame.opcode.rawValue < WebSocketOpcode.close.rawValue else { return frame }
            var message = frame
            if var collected {
                guard frame.opcode == .continuation else { throw TestError.unexpected("a fragment is missing") }
                collected.payload.writeImmutableBuffer(frame.payload)
                message = collected
            } else if frame.opcode == .continuation {
                throw TestError.unexpected("a continuation frame without a message")
            }
            collected = isFinal ? nil : message
            if isFinal { return message }
        }
        return nil
    }

    private func readFrame(_ bytes: inout ByteBuffer) throws -> (isFinal: Bool, frame: Frame)? {
        var rest = bytes
        guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else {
            return nil
        }
        guard first & 0x70 == 0, second & 0x80 == 0, let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw TestError.unexpected("a frame that begins with \(first), \(second)")
        }
        let length: Int? =
            switch second {
            case 126: rest.readInteger(as: UInt16.self).map(Int.init)
            case 127: rest.readInteger(as: UInt64.self).map(Int.init(clamping:))
            default: Int(second)
            }
        guard let length, let payload = rest.readSlice(length: length) else { return nil }
        bytes = rest
        return (first & 0x80 != 0, Frame(opcode: opcode, payload: payload))
    }
}
