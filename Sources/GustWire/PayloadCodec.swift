package import NIOCore

/// Encodes frames as a polling body, and decodes them.
package protocol PayloadCodec: Sendable {
    /// Calls `take` with each frame of `body`, in order; before it throws, with the frames before the malformed one.
    func decode(
        _ body: ByteBuffer,
        isBinary: Bool,
        limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError)

    /// The frames as one body; binary only if the client can receive a binary body.
    func encode(_ frames: [Frame], supportsBinary: Bool) -> (body: ByteBuffer, isBinary: Bool)

    /// Whether a body with a binary media type is refused without being read.
    var refusesBinary: Bool { get }

    /// A binary frame as text, for a client that can't receive binary frames.
    func text(ofBinary frame: ByteBuffer) -> ByteBuffer
}

extension PayloadCodec {
    /// False: the format of a body doesn't depend on its media type.
    package var refusesBinary: Bool { false }

    /// The bytes as base64; never used by revisions whose codecs make no binary frames.
    package func text(ofBinary frame: ByteBuffer) -> ByteBuffer {
        Base64Text.encode(frame.readableBytesView, behind: "")
    }
}
