import NIOCore

/// A binary packet and the attachments that have been received for it.
///
/// A class, so that codecs stay small: few packets are binary.
///
/// `@unchecked Sendable`: owned by one codec, which is a value of one connection, used on that connection's loop.
final class PendingAttachments: @unchecked Sendable {
    private let packet: Packet
    let count: Int
    private(set) var attachments: [ByteBuffer] = []
    private var byteCount = 0

    init(_ packet: Packet, count: Int) {
        // The packet is kept longer than the read buffer that it is a slice of.
        self.packet = packet.detached
        self.count = count
    }

    /// Adds the next attachment, if all attachments together have at most `limit` bytes.
    func append(_ bytes: ByteBuffer, limit: Int) throws(WireError) {
        guard bytes.readableBytes <= limit - byteCount else { throw WireError(.attachmentsTooLong) }
        byteCount += bytes.readableBytes
        attachments.append(bytes.detached)
    }

    /// The packet with all its attachments.
    var completed: Packet {
        switch packet {
        case .event(let namespace, let id, let name, var arguments):
            arguments.attachments = attachments
            return .event(namespace: namespace, id: id, name: name, arguments: arguments)
        case .acknowledgement(let namespace, let id, var arguments):
            arguments.attachments = attachments
            return .acknowledgement(namespace: namespace, id: id, arguments: arguments)
        default:
            return packet
        }
    }
}
