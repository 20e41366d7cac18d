import NIOCore

/// The payload in the body of a POST of an Engine.IO client.
///
/// A page that polls by script posts a form whose field `d` has the two characters `\n` for a newline, because a
/// textarea would make CR LF of it, and `\\n` for those two characters. Source: engine.io 6.6, `polling-jsonp`.
enum EngineIO3Form {
    static func payload(_ body: ByteBuffer, isJSONP: Bool) throws(WireError) -> ByteBuffer {
        guard isJSONP else { return body }
        guard let field = FormField.value(of: "d", in: body) else { throw WireError(.empty) }
        return repairNewlines(field)
    }

    private static func repairNewlines(_ text: ByteBuffer) -> ByteBuffer {
        let backslash = UInt8(ascii: "\\")
        guard text.readableBytesView.contains(backslash) else { return text }
        var output = ByteBufferAllocator().buffer(capacity: text.readableBytes)
        text.withUnsafeReadableBytes { bytes in
            var start = 0
            var index = 0
            while index + 1 < bytes.count {
                guard bytes[index] == backslash else {
                    index += 1
                    continue
                }
                if bytes[index + 1] == UInt8(ascii: "n") {
                    output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                    output.writeInteger(UInt8(ascii: "\n"))
                    index += 2
                    start = index
                } else if bytes[index + 1] == backslash, index + 2 < bytes.count,
                    bytes[index + 2] == UInt8(ascii: "n")
                {
                    // One backslash is removed; the other one and the letter stay.
                    output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                    start = index + 1
                    index += 3
                } else {
                    index += 1
                }
            }
            output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count]))
        }
        return output
    }
}
