import GustJSON
import NIOCore

/// The binary attachments that placeholders in a JSON text stand for.
///
/// A reference, so that text without attachments costs one word more and no allocation.
final class AttachmentList: Sendable, Hashable {
    /// No attachments.
    static let none = AttachmentList([])

    let buffers: [ByteBuffer]

    init(_ buffers: [ByteBuffer]) { self.buffers = buffers }

    static func == (left: AttachmentList, right: AttachmentList) -> Bool { left.buffers == right.buffers }

    func hash(into hasher: inout Hasher) { hasher.combine(buffers) }
}

extension AttachmentList: JSONAttachments {
    func bytes(from decoder: JSONValueDecoder) throws -> ByteBuffer {
        // Text is what generations without bytes send instead: base64.
        if let text = decoder.stringIfPresent {
            guard let bytes = Base64Text.decode(text.utf8) else { throw decoder.corrupted("the text isn't base64") }
            return bytes
        }
        let placeholder = try Placeholder(from: decoder)
        guard placeholder.isPlaceholder, buffers.indices.contains(placeholder.number) else {
            throw decoder.corrupted("no such attachment")
        }
        // A decoded value may be kept; it must not keep the read that the attachment is a slice of.
        return buffers[placeholder.number].detached
    }
}
