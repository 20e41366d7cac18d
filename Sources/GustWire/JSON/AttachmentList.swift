import NIOCore

/// The binary attachments that placeholders in a JSON text stand for.
///
/// A reference, so that text without attachments costs one word more and no allocation.
final class AttachmentList: Sendable, Hashable {
    let buffers: [ByteBuffer]

    /// The key of the list in a decoder of arguments.
    static let key = CodingUserInfoKey(rawValue: "io.gust.attachments")

    init(_ buffers: [ByteBuffer]) { self.buffers = buffers }

    static func == (left: AttachmentList, right: AttachmentList) -> Bool { left.buffers == right.buffers }

    func hash(into hasher: inout Hasher) { hasher.combine(buffers) }
}
