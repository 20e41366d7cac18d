import NIOCore

/// Polling bodies of Engine.IO 3: `<length>:<packet>` with lengths in UTF-16 code units, or binary framing.
///
/// Binary framing: 0x00 (text) or 0x01 (bytes), the length's decimal digits as bytes 0 to 9, 0xFF, the packet.
/// Source: `engine.io-protocol` v3, "Payload".
struct EngineIO3Payload: PayloadCodec {
    /// The most digits of a length: no payload has a length of more digits.
    private static let maximumDigits = 10
    /// How the client encodes text.
    var dialect = EngineIO3Dialect.standard

    func decode(
        _ body: ByteBuffer,
        isBinary: Bool,
        limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError) {
        guard body.readableBytes > 0 else { throw WireError(.empty) }
        if isBinary { return try decodeBinary(body, limits, take) }
        guard UTF8Text.isValid(body) else { throw WireError(.invalidUTF8) }
        // `0:` is an empty batch.
        if body.readableBytesView.elementsEqual("0:".utf8) { return }
        try decodeText(body, limits, take)
    }

    private func decodeText(
        _ body: ByteBuffer,
        _ limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError) {
        var position = 0
        var count = 0
        while position < body.readableBytes {
            count += 1
            guard count <= limits.maximumPackets else { throw WireError(.tooManyPackets, at: position) }
            let start = position
            let range = body.withUnsafeReadableBytes { bytes -> Range<Int>? in
                guard let length = Self.readLength(bytes, &position, base: UInt8(ascii: "0"), end: UInt8(ascii: ":")),
                    let end = UTF16Length.end(of: length, from: position, in: bytes)
                else { return nil }
                return position..<end
            }
            guard let range, let packet = body.slice(range) else { throw WireError(.malformed, at: start) }
            position = range.upperBound
            if let bytes = try EngineIO3Binary.decodeBase64(packet) {
                try take(.binary(EngineIO3Binary.encode(bytes)))
            } else {
                try take(.text(dialect.heard(packet)))
            }
        }
    }

    private func decodeBinary(
        _ body: ByteBuffer,
        _ limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError) {
        var position = 0
        var count = 0
        while position < body.readableBytes {
            count += 1
            guard count <= limits.maximumPackets else { throw WireError(.tooManyPackets, at: position) }
            let start = position
            let kind = body.getInteger(at: body.readerIndex + position, as: UInt8.self)
            position += 1
            let range = body.withUnsafeReadableBytes { bytes -> Range<Int>? in
                guard let length = Self.readLength(bytes, &position, base: 0, end: 0xFF),
                    length <= bytes.count - position
                else { return nil }
                return position..<position + length
            }
            guard let kind, kind <= 1, let range, let packet = body.slice(range) else {
                throw WireError(.malformed, at: start)
            }
            position = range.upperBound
            guard kind == 0 else {
                try take(.binary(packet))
                continue
            }
            guard UTF8Text.isValid(packet) else { throw WireError(.invalidUTF8, at: range.lowerBound) }
            try take(.text(packet))
        }
    }

    /// Reads digits, which are bytes from `base` on, up to the byte `end`.
    private static func readLength(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int,
        base: UInt8,
        end: UInt8
    ) -> Int? {
        var value = 0
        var digits = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == end { return digits > 0 ? value : nil }
            guard byte >= base, byte - base <= 9, digits < maximumDigits else { return nil }
            value = value * 10 + Int(byte - base)
            digits += 1
        }
        return nil
    }

    func encode(_ frames: [Frame], supportsBinary: Bool) -> (body: ByteBuffer, isBinary: Bool) {
        var body = ByteBuffer()
        guard !(supportsBinary && dialect.asksForBytes(frames)) else {
            for frame in frames { Self.writeBinary(frame, into: &body) }
            return (body, true)
        }
        for frame in frames { writeText(frame, into: &body) }
        if frames.isEmpty { body.writeStaticString("0:") }
        return (body, false)
    }

    private static func writeBinary(_ frame: Frame, into body: inout ByteBuffer) {
        let (kind, bytes): (UInt8, ByteBuffer) =
            switch frame {
            case .text(let text): (0, text)
            case .binary(let bytes): (1, bytes)
            }
        body.writeInteger(kind)
        for digit in String(bytes.readableBytes).utf8 { body.writeInteger(digit - UInt8(ascii: "0")) }
        body.writeInteger(UInt8(0xFF))
        body.writeImmutableBuffer(bytes)
    }

    private func writeText(_ frame: Frame, into body: inout ByteBuffer) {
        let text =
            switch frame {
            case .text(let text): dialect.said(text)
            case .binary(let bytes): self.text(ofBinary: bytes)
            }
        body.writeString("\(UTF16Length.count(text)):")
        body.writeImmutableBuffer(text)
    }

    /// `b4AQIDBA==`: the type moves in front of the base64 text, as a digit.
    func text(ofBinary frame: ByteBuffer) -> ByteBuffer {
        Base64Text.encode(frame.readableBytesView.dropFirst(), behind: "b4")
    }
}

extension ByteBuffer {
    /// The bytes of a range that counts from the reader index.
    func slice(_ range: Range<Int>) -> ByteBuffer? {
        getSlice(at: readerIndex + range.lowerBound, length: range.count)
    }
}
