import GustWire
import NIOCore

/// How payloads are dressed as an HTTP body: a pure function of bytes.
struct Envelope: Sendable {
    /// The media type of a text payload; a binary payload of a poll is `application/octet-stream`.
    let contentType: String
    /// Whether the client posts its payloads as the field of a form.
    var isScript = false
    /// What comes before the first payload of an answer that goes on.
    var opening = ByteBuffer()
    /// Whether an answer that goes on is sent in chunks; otherwise it ends with its connection.
    var isChunked = true
    /// The payload's bytes in the dress.
    let wrap: @Sendable (ByteBuffer) -> ByteBuffer

    /// The payload as it is.
    static let plain = Envelope(contentType: "text/plain; charset=UTF-8") { $0 }

    /// The payload as the call of a script's callback.
    static func jsonp(_ index: Int, _ wrapping: Wrapping) -> Envelope {
        Envelope(contentType: wrapping.jsonpContentType, isScript: true) { wrapping.jsonp($0, index: index) }
    }

    /// Each payload as an element of an endless page.
    static func script(_ script: Wrapping.Script) -> Envelope {
        Envelope(contentType: script.contentType, opening: script.opening, wrap: script.wrap)
    }

    /// Each payload as a part that replaces the one before.
    ///
    /// Not in chunks: the browsers of the time cut at the boundaries of what arrives (socket.io 0.6.17,
    /// `transports/xhr-multipart.js`).
    static func multipart(_ multipart: Wrapping.Multipart) -> Envelope {
        Envelope(
            contentType: multipart.contentType,
            opening: multipart.opening,
            isChunked: false,
            wrap: multipart.wrap
        )
    }

    /// What a request asks for.
    static func envelope(for address: Address) -> Envelope {
        let wrapping = address.revision.wrapping
        if let index = address.jsonpIndex { return .jsonp(index, wrapping) }
        switch address.transport {
        case "htmlfile": return wrapping.script.map(Envelope.script) ?? .plain
        case "xhr-multipart": return wrapping.multipart.map { .multipart($0()) } ?? .plain
        default: return .plain
        }
    }
}
