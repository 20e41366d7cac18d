package import NIOCore

/// Why a request is refused before it reaches a session.
package enum Refusal: Sendable, Equatable {
    case unknownTransport
    case unknownSession
    case badHandshakeMethod
    case badRequest
    case forbidden(String)
    case unsupportedVersion
}

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

/// What a `POST` is answered with once its payload was taken.
package struct PostReply: Sendable, Equatable {
    package var contentType: String
    package var body: ByteBuffer
}
