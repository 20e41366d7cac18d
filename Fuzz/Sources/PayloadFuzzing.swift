import NIOCore

@testable import GustWire

/// Fuzzes polling bodies: the frames have at most the bytes of the body, and can be encoded again.
///
/// An input begins with a digit: the revision, the newest first (0 is 4, 3 is 0.6), plus 4 for a binary body or for a
/// form of JSONP.
enum PayloadFuzzing {
    static func run(_ input: Input) {
        var input = input
        let variant = input.takeVariant()
        let revision = Revision.all[variant & 3]
        let frames = frames(input.buffer, isBinary: variant & 4 != 0, revision)
        guard let frames, frames.allSatisfy({ isPlain($0, in: frames, of: revision) }) else { return }
        for supportsBinary in [true, false] {
            let (body, isBinary) = revision.payload.encode(frames, supportsBinary: supportsBinary)
            require(supportsBinary || !isBinary, "a binary body for a client that doesn't support it")
            let again = self.frames(body, isBinary: isBinary, revision)
            require(again == frames || joined(again) == joined(frames), "\(frames) came back as \(again ?? [])")
        }
    }

    static func runForms(_ input: Input) {
        var input = input
        let variant = input.takeVariant()
        let revision = Revision.all[variant & 3]
        do throws(WireError) {
            let payload = try revision.posted(input.buffer, variant & 4 != 0)
            require(payload.readableBytes <= input.bytes.count, "\(payload.readableBytes) bytes came out")
            guard let frames = frames(payload, isBinary: false, revision) else { return }
            var codec = revision.makeCodec(.socketIO, PayloadLimits())
            for frame in frames { try codec.decode(frame) { _ in } }
        } catch {
            require(error.offset >= 0 && error.offset <= input.bytes.count, "\(error)")
        }
    }

    private static func frames(_ body: ByteBuffer, isBinary: Bool, _ revision: Revision) -> [Frame]? {
        var frames: [Frame] = []
        var length = 0
        let limits = PayloadLimits()
        do throws(WireError) {
            try revision.payload.decode(body, isBinary: isBinary, limits: limits) { frame throws(WireError) in
                frames.append(frame)
                switch frame {
                case .text(let bytes), .binary(let bytes): length += bytes.readableBytes
                }
            }
        } catch {
            require(error.offset >= 0 && error.offset <= body.readableBytes, "\(error) in \(body.readableBytes) bytes")
            return nil
        }
        require(frames.count <= limits.maximumPackets, "\(frames.count) packets")
        require(length <= body.readableBytes, "\(length) bytes of \(body.readableBytes)")
        return frames
    }

    /// Whether a codec can make the frame: no codec makes an empty frame, text that is decoded as base64, or bytes of
    /// another type than 4, and in 0.9 no frame begins with U+FFFD, which begins a payload of several packets.
    private static func isPlain(_ frame: Frame, in frames: [Frame], of revision: Revision) -> Bool {
        switch frame {
        case .text(let text):
            return text.readableBytes > 0 && text.readableBytesView.first != UInt8(ascii: "b")
                && !text.readableBytesView.starts(with: "\u{FFFD}".utf8)
        case .binary(let bytes):
            return revision == .engineIO4 || bytes.readableBytesView.first == 4
        }
    }

    /// The bytes of all frames: 0.6 has no separator between messages, so several frames are decoded as one.
    private static func joined(_ frames: [Frame]?) -> ByteBuffer? {
        frames?.reduce(into: ByteBuffer()) { all, frame in
            switch frame {
            case .text(let bytes), .binary(let bytes): all.writeImmutableBuffer(bytes)
            }
        }
    }
}
