/// What a codec accepts at most, and in which form.
package struct PayloadLimits: Sendable {
    /// Packets in one polling payload.
    package var maximumPackets = 1_000
    /// Binary attachments of one packet.
    package var maximumAttachments = 10
    /// Bytes of all attachments of one packet.
    package var maximumAttachmentBytes = 10_000_000

    /// The form of the packets of Socket.IO, for revisions that have several.
    package var parser = PacketParser.json

    package init() {}
}
