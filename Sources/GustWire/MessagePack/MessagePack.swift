package import NIOCore

/// Whole values of MessagePack, in the dialect of notepack.io, from and to JSON with attachments.
///
/// Source: the specification of MessagePack (github.com/msgpack/msgpack, `spec.md`).
package enum MessagePack {
    /// Reads one value.
    ///
    /// - Parameters:
    ///   - bytes: the value; nothing may follow it.
    ///   - maximumAttachments: how many byte strings it may have.
    /// - Returns: JSON in which placeholders stand for byte strings; `undefined` is `null`, and dates are text of ISO 8601.
    /// - Throws: ``WireError`` if the bytes aren't one value, nest deeper than 64 levels, hold more byte strings than allowed, or an
    ///   object that looks like a placeholder.
    package static func json(_ bytes: ByteBuffer, maximumAttachments: Int) throws(WireError) -> JSONSlice {
        if let text = plainJSON(bytes) { return JSONSlice(trusted: text) }
        var reader = MessagePackReader(bytes, maximumAttachments: maximumAttachments)
        var text = ByteBuffer()
        try reader.readValue(into: &text)
        guard reader.isAtEnd else { throw WireError(.malformed) }
        guard !reader.attachments.isEmpty else { return JSONSlice(trusted: text) }
        var check = PlaceholderCheck(count: reader.attachments.count)
        var failure: WireError?
        text.withUnsafeReadableBytes { bytes in
            do throws(WireError) { try check.check(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return JSONSlice(trusted: text, attached: AttachmentList(reader.attachments))
    }

    /// The value as JSON; nil if it isn't plain, see ``PlainMessagePackReader``.
    static func plainJSON(_ bytes: ByteBuffer) -> ByteBuffer? {
        bytes.withUnsafeReadableBytes { bytes in
            var reader = PlainMessagePackReader(bytes)
            var json: [UInt8] = []
            json.reserveCapacity(bytes.count * 3 / 2)
            guard reader.value(into: &json, depth: 0) != nil, reader.isAtEnd else { return nil }
            return ByteBuffer(bytes: json)
        }
    }

    /// Writes one value.
    ///
    /// - Parameters:
    ///   - json: checked JSON.
    ///   - attachments: the byte strings that stand in place of its placeholders.
    /// - Returns: the bytes.
    package static func bytes(_ json: ByteBuffer, attachments: [ByteBuffer]) -> ByteBuffer {
        var writer = MessagePackWriter()
        _ = writer.write(elements: json, attachments)
        return writer.bytes
    }
}
