import HTTPTypes
import NIOCore

/// How the payload of a poll is dressed as an HTTP body: a pure function of bytes.
struct Envelope: Sendable {
    /// The media type of a text payload; a binary payload is `application/octet-stream`.
    let contentType: String
    /// The payload's bytes in the dress.
    let wrap: @Sendable (ByteBuffer) -> ByteBuffer

    /// The payload as it is.
    static let plain = Envelope(contentType: "text/plain; charset=UTF-8") { $0 }
}
