import GustHTTP

/// Remembers the header fields of the last requests of a connection, with and without a body, and what they mean.
///
/// Most clients send the same fields with each request of a connection. The same bytes mean the same, so fields that are remembered aren't read
/// once more: they only are compared. Used on the loop of the connection only.
final class KnownFields {
    private struct Block {
        /// The lines of the fields, and the empty line.
        var bytes: [UInt8] = []
        var framing = HTTPMessageFraming()
    }

    /// The greatest length, in bytes, of fields that are remembered.
    private static let maximumLength = 1_024

    // `@exclusivity(unchecked)` is safe: each access is a comparison or a store, which call nothing back.
    @exclusivity(unchecked) private var withoutBody = Block()
    @exclusivity(unchecked) private var withBody = Block()

    /// What the fields mean with which `bytes` begin, and their length with the empty line; nil unless they are remembered.
    func match(_ bytes: UnsafeRawBufferPointer) -> (framing: HTTPMessageFraming, length: Int)? {
        if let length = Self.length(of: withoutBody.bytes, in: bytes) { return (withoutBody.framing, length) }
        if let length = Self.length(of: withBody.bytes, in: bytes) { return (withBody.framing, length) }
        return nil
    }

    private static func length(of known: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard !known.isEmpty, known.count <= bytes.count,
            UnsafeRawBufferPointer(rebasing: bytes[..<known.count]).hasSameBytes(as: known)
        else { return nil }
        return known.count
    }

    /// Remembers the lines of fields, with the empty line, in place of the last ones.
    func remember(_ bytes: UnsafeRawBufferPointer, _ framing: HTTPMessageFraming) {
        guard bytes.count <= Self.maximumLength else { return }
        if framing.hasBody {
            Self.store(bytes, framing, in: &withBody)
        } else {
            Self.store(bytes, framing, in: &withoutBody)
        }
    }

    private static func store(_ bytes: UnsafeRawBufferPointer, _ framing: HTTPMessageFraming, in block: inout Block) {
        block.bytes.removeAll(keepingCapacity: true)
        block.bytes.append(contentsOf: bytes)
        block.framing = framing
    }
}
