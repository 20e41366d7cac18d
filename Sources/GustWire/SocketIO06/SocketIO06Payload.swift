import NIOCore

/// HTTP bodies of 0.6: frames with nothing between them, which is what a WebSocket message holds as well.
///
/// An empty body is legal and says nothing; it ends a poll.
struct SocketIO06Payload: PayloadCodec {
    func decode(
        _ body: ByteBuffer,
        isBinary: Bool,
        limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError) {
        guard body.readableBytes > 0 else { return }
        guard UTF8Text.isValid(body) else { throw WireError(.invalidUTF8) }
        try take(.text(body))
    }

    func encode(_ frames: [Frame], supportsBinary: Bool) -> (body: ByteBuffer, isBinary: Bool) {
        if frames.count == 1, case .text(let text) = frames[0] { return (text, false) }
        var body = ByteBuffer()
        for case .text(let text) in frames { body.writeImmutableBuffer(text) }
        return (body, false)
    }
}
