import NIOCore

/// Polling bodies of Engine.IO 4: packets joined by 0x1E, binary ones as `b` and base64.
struct EngineIO4Payload: PayloadCodec {
    private static let separator: UInt8 = 0x1E

    /// Binary bodies don't exist in this revision (`engine.io-protocol` v4).
    var refusesBinary: Bool { true }

    func decode(
        _ body: ByteBuffer,
        isBinary: Bool,
        limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError) {
        guard !isBinary, body.readableBytes > 0 else { throw WireError(.empty) }
        guard UTF8Text.isValid(body) else { throw WireError(.invalidUTF8) }
        var rest = body
        var count = 0
        while true {
            count += 1
            guard count <= limits.maximumPackets else { throw WireError(.tooManyPackets, at: rest.readerIndex) }
            let length = rest.withUnsafeReadableBytes { $0.offset(of: Self.separator, from: 0) }
            guard let packet = rest.readSlice(length: length ?? rest.readableBytes) else { return }
            try take(try Self.frame(packet))
            guard length != nil else { return }
            rest.moveReaderIndex(forwardBy: 1)
        }
    }

    func encode(_ frames: [Frame], supportsBinary: Bool) -> (body: ByteBuffer, isBinary: Bool) {
        if frames.count == 1, case .text(let text) = frames[0] { return (text, false) }
        var body = ByteBufferAllocator().buffer(capacity: frames.reduce(0) { $0 + $1.encodedLength })
        for (index, frame) in frames.enumerated() {
            if index > 0 { body.writeInteger(Self.separator) }
            switch frame {
            case .text(let text): body.writeImmutableBuffer(text)
            case .binary(let bytes): body.writeImmutableBuffer(text(ofBinary: bytes))
            }
        }
        return (body, false)
    }

    /// `bAQIDBA==`.
    func text(ofBinary frame: ByteBuffer) -> ByteBuffer {
        Base64Text.encode(frame.readableBytesView, behind: "b")
    }

    private static func frame(_ packet: ByteBuffer) throws(WireError) -> Frame {
        if let bytes = try EngineIO4Packet.base64(packet) { return .binary(bytes) }
        return .text(packet)
    }
}

extension Frame {
    fileprivate var encodedLength: Int {
        switch self {
        case .text(let text): text.readableBytes + 1
        case .binary(let bytes): (bytes.readableBytes + 2) / 3 * 4 + 2
        }
    }
}
