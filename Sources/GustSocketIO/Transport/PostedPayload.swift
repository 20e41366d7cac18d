import GustHTTP
import NIOCore

/// The body of a `POST`, and what is needed to read it.
struct PostedPayload: Sendable {
    /// Empty until the body has been received.
    var bytes = ByteBuffer()
    let isBinary: Bool
    /// Whether the client is a script, which posts a form.
    let isScript: Bool
    /// The parameter `t` of the request; see ``RequestRepetition``.
    let stamp: ByteText?
}
