package import NIOCore

/// One connection's packets ↔ frames, in the words of one generation.
///
/// A value of at most three words, so that `any Codec` needs no box: rare state stands behind one reference.
package protocol Codec: Sendable {
    /// Calls `body` with each packet that `frame` completes, in order.
    ///
    /// A binary event is complete after its last attachment. `body` owns the packet, so that its parts are handed on without copies. If a packet is malformed, `body` has been called with the packets before it
    /// when the error is thrown.
    mutating func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError)

    /// Appends the packet's text to `buffer`; the packet's attachments follow as frames of their own.
    ///
    /// Writes nothing if this revision has no such packet.
    /// - Returns: whether attachments follow.
    @discardableResult
    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool

    /// The attachments that follow the packet's text as frames.
    ///
    /// Empty for revisions without binary frames, whose text has the bytes as base64.
    func attachments(of packet: Packet) -> [ByteBuffer]

    /// A binary attachment as a frame.
    func frame(attachment: ByteBuffer) -> Frame

    /// The binary packet whose attachments have not all been received; nil if there is none.
    ///
    /// The same object until the packet is complete, so that the heartbeat can detect a packet that never completes.
    var awaitedPacket: AnyObject? { get }
}

extension Codec {
    package var awaitedPacket: AnyObject? { nil }

    package func attachments(of packet: Packet) -> [ByteBuffer] { packet.attachments }
}
