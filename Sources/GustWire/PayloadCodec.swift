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
}
