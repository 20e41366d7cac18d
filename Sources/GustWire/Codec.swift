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

    /// Passes the packet of a text frame to `receiver`, without a slice of the frame if it is an event that needs none.
    ///
    /// The default implementation makes a slice and calls ``decode(_:_:)``.
    ///
    /// - Parameters:
    ///   - bytes: The frame, valid UTF-8; used during the call only.
    ///   - index: The index of its first byte in `buffer`.
    ///   - buffer: The buffer that has the frame among its readable bytes.
    ///   - receiver: Takes the packet.
    /// - Throws: As ``decode(_:_:)``.
    mutating func decode(
        text bytes: UnsafeRawBufferPointer,
        at index: Int,
        of buffer: ByteBuffer,
        to receiver: any PacketReceiver
    ) throws(WireError)

    /// Whether events and acknowledgements of `/` without attachments are written as by ``PlainPacket``.
    var writesPlainPackets: Bool { get }

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

    package var writesPlainPackets: Bool { false }

    package mutating func decode(
        text bytes: UnsafeRawBufferPointer,
        at index: Int,
        of buffer: ByteBuffer,
        to receiver: any PacketReceiver
    ) throws(WireError) {
        let text = buffer.getSlice(at: index, length: bytes.count) ?? ByteBuffer()
        try decode(.text(text)) { receiver.receive($0) }
    }

    package func attachments(of packet: Packet) -> [ByteBuffer] { packet.attachments }
}
