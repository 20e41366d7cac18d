import GustWire
import NIOCore

/// How the payload of a poll is dressed as an HTTP body: a pure function of bytes.
struct Envelope: Sendable {
    /// The media type of a text payload; a binary payload is `application/octet-stream`.
    let contentType: String
    /// Whether the client posts its payloads as the field of a form.
    let isScript: Bool
    /// The payload's bytes in the dress.
    let wrap: @Sendable (ByteBuffer) -> ByteBuffer

    /// The payload as it is.
    static let plain = Envelope(contentType: "text/plain; charset=UTF-8", isScript: false) { $0 }

    /// The payload as the call of a script's callback.
    static func jsonp(_ index: Int, _ wrapping: Wrapping) -> Envelope {
        Envelope(contentType: wrapping.jsonpContentType, isScript: true) { wrapping.jsonp($0, index: index) }
    }

    /// What a request asks for.
    static func envelope(for address: Address) -> Envelope {
        address.jsonpIndex.map { .jsonp($0, address.revision.wrapping) } ?? .plain
    }
}
