package import NIOCore

/// The bytes around the payloads of one response: a pure function of bytes.
///
/// A class, because nearly all responses have the same one.
package final class Envelope: Sendable {
    /// The media type of a text payload; a binary payload of a poll is `application/octet-stream`.
    package let contentType: String
    /// Whether the client is a script, which posts its payloads as the field of a form.
    package let isScript: Bool
    /// The bytes before the first payload of a streamed response.
    package let opening: ByteBuffer
    /// Whether a streamed response is sent in chunks; otherwise the response ends with its TCP connection.
    package let isChunked: Bool
    /// Envelopes a payload.
    package let wrap: @Sendable (ByteBuffer) -> ByteBuffer

    private init(
        contentType: String,
        isScript: Bool = false,
        opening: ByteBuffer = ByteBuffer(),
        isChunked: Bool = true,
        wrap: @escaping @Sendable (ByteBuffer) -> ByteBuffer
    ) {
        self.contentType = contentType
        self.isScript = isScript
        self.opening = opening
        self.isChunked = isChunked
        self.wrap = wrap
    }

    /// The payload without further bytes.
    package static let plain = Envelope(contentType: "text/plain; charset=UTF-8") { $0 }

    /// Each payload is the argument of a call of callback number `index`.
    static func callback(_ callback: ScriptCallback, index: Int) -> Envelope {
        Envelope(contentType: callback.contentType, isScript: true) { callback.call(index, with: $0) }
    }

    /// Each payload is a script element of a page.
    static func elements(_ elements: ScriptElements) -> Envelope {
        Envelope(contentType: elements.contentType, opening: elements.opening, wrap: elements.wrap)
    }

    /// Each payload is a part that replaces the part before.
    ///
    /// Without chunks: the browsers of the time looked for boundaries in each chunk alone (socket.io 0.6.17, `transports/xhr-multipart.js`).
    static func parts(_ parts: ReplacingParts) -> Envelope {
        Envelope(contentType: parts.contentType, opening: parts.opening, isChunked: false, wrap: parts.wrap)
    }
}
