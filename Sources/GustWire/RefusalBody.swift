package import NIOCore

/// A refusal in the words of one generation.
package struct RefusalBody: Sendable, Equatable {
    /// The HTTP status of the answer.
    package var status: Int
    /// The media type of `body`.
    package var contentType: String
    /// The body of the answer.
    package var body: ByteBuffer
    /// The text alone, for a refused WebSocket.
    package var message: String
    /// Whether the body is a payload, to be dressed as the transport dresses payloads (script call, …).
    package var isPayload = false
}
