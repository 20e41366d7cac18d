package import NIOCore

/// One polling body ↔ frames.
package protocol PayloadCodec: Sendable {
    /// Hands each frame of `body` on, in order. Before an error is thrown, the frames in front have been handed over.
    func decode(
        _ body: ByteBuffer,
        isBinary: Bool,
        limits: PayloadLimits,
        _ take: (Frame) throws(WireError) -> Void
    ) throws(WireError)

    /// Frames as one body; binary only if the client can take that.
    func encode(_ frames: [Frame], supportsBinary: Bool) -> (body: ByteBuffer, isBinary: Bool)

    /// Whether a body that says it is binary is refused before anybody looks at it.
    var refusesBinary: Bool { get }

    /// A binary frame as text, for a client that takes no bytes.
    func text(ofBinary frame: ByteBuffer) -> ByteBuffer
}

extension PayloadCodec {
    /// False: what a body is doesn't depend on what it says.
    package var refusesBinary: Bool { false }

    /// The bytes as base64: generations whose codecs make no binary frames have no words for one.
    package func text(ofBinary frame: ByteBuffer) -> ByteBuffer {
        Base64Text.encode(frame.readableBytesView, behind: "")
    }
}
