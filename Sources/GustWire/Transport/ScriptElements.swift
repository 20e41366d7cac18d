import GustJSON
import NIOCore

/// A streamed page in which each payload is a script element; the page begins with 256 bytes, before which Internet Explorer shows
/// nothing.
struct ScriptElements: Sendable, Equatable {
    /// The media type of the page.
    let contentType = "text/html; charset=UTF-8"
    /// Sent first: markup padded to 256 bytes.
    let opening: ByteBuffer
    /// The bytes before each payload's string literal.
    private let prefix: String
    /// The bytes after it.
    private let suffix: String

    /// Pads `markup` with blanks to 256 bytes.
    init(markup: String, prefix: String, suffix: String) {
        var opening = ByteBuffer(string: markup)
        opening.writeRepeatingByte(0x20, count: max(0, 256 - opening.readableBytes))
        self.opening = opening
        self.prefix = prefix
        self.suffix = suffix
    }

    /// One payload as a script element.
    func wrap(_ payload: ByteBuffer) -> ByteBuffer {
        var text = ByteBuffer(string: prefix)
        JSONText.writeForScript(payload, into: &text)
        text.writeString(suffix)
        return text
    }
}
