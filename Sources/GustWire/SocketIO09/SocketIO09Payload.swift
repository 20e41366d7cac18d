import NIOCore

/// HTTP bodies of 0.9: one packet as it is; several as U+FFFD, length in UTF-16 units, U+FFFD, packet, each.
///
/// Source: socket.io 0.9.19, `lib/parser.js` (`encodePayload`).
struct SocketIO09Payload: PayloadCodec {
    /// U+FFFD in UTF-8.
    private static let mark: [UInt8] = [0xEF, 0xBF, 0xBD]
    private static let maximumDigits = 10

    func decode(
        _ body: ByteBuffer,
        isBinary: Bool,
        limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError) {
        guard body.readableBytes > 0 else { throw WireError(.empty) }
        guard UTF8Text.isValid(body) else { throw WireError(.invalidUTF8) }
        guard body.readableBytesView.starts(with: Self.mark) else { return try take(.text(body)) }
        var position = 0
        var count = 0
        while position < body.readableBytes {
            count += 1
            guard count <= limits.maximumPackets else { throw WireError(.tooManyPackets, at: position) }
            let range = body.withUnsafeReadableBytes { Self.packet(in: $0, at: position) }
            guard let range, let packet = body.slice(range) else { throw WireError(.malformed, at: position) }
            position = range.upperBound
            try take(.text(packet))
        }
    }

    /// The packet after the frame header that begins at `start`.
    private static func packet(in bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
        guard bytes[start...].starts(with: mark) else { return nil }
        var position = start + mark.count
        var length: Int?
        var digits = 0
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
            digits += 1
            guard digits <= maximumDigits else { return nil }
            length = (length ?? 0) * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        guard let length, bytes[position...].starts(with: mark) else { return nil }
        position += mark.count
        return UTF16Length.end(of: length, from: position, in: bytes).map { position..<$0 }
    }

    func encode(_ frames: [Frame], supportsBinary: Bool) -> (body: ByteBuffer, isBinary: Bool) {
        var body = ByteBuffer()
        for case .text(let text) in frames {
            if frames.count == 1 { return (text, false) }
            body.writeString("\u{FFFD}\(UTF16Length.count(text))\u{FFFD}")
            body.writeImmutableBuffer(text)
        }
        return (body, false)
    }
}
