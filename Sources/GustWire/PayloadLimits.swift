/// What a codec accepts at most.
package struct PayloadLimits: Sendable {
    /// Packets in one polling payload.
    package var maximumPackets = 1_000
    /// Binary attachments of one packet.
    package var maximumAttachments = 10
    /// Bytes of all attachments of one packet.
    package var maximumAttachmentBytes = 10_000_000

    package init() {}
}
