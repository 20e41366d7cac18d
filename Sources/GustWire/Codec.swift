package import NIOCore

/// One connection's packets ↔ frames, in the words of one generation.
///
/// A value of at most three words, so that `any Codec` needs no box: rare state stands behind one reference.
package protocol Codec: Sendable {
    /// Hands each packet that `frame` completes to `body`, in order.
    ///
    /// A binary event completes with its last attachment. Before an error is thrown, the packets in front of the bad one
    /// have been handed over.
    mutating func decode(_ frame: Frame, _ body: (Packet) -> Void) throws(WireError)

    /// Appends the packet's text to `buffer`; the packet's attachments follow as frames of their own.
    ///
    /// Writes nothing if this generation has no words for it.
    /// - Returns: whether attachments follow.
    @discardableResult
    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool

    /// What of the packet's attachments follows its text as frames.
    ///
    /// None where bytes have no place on the wire and stand in the text as base64.
    func attachments(of packet: Packet) -> [ByteBuffer]

    /// A binary attachment as a frame.
    func frame(attachment: ByteBuffer) -> Frame

    /// The binary packet that waits for attachments; nil if none does.
    ///
    /// The same object until the packet is complete: whoever watches it sees whether it ever will be.
    var awaitedPacket: AnyObject? { get }
}

extension Codec {
    package var awaitedPacket: AnyObject? { nil }

    package func attachments(of packet: Packet) -> [ByteBuffer] { packet.attachments }
}
