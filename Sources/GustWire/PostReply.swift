package import NIOCore

/// What a `POST` is answered with once its payload was taken.
package struct PostReply: Sendable, Equatable {
    package var contentType: String
    package var body: ByteBuffer
}
