public import HTTPTypes
public import NIOCore

/// A complete response.
public struct TestResponse: Sendable, Equatable {
    /// The status.
    public let status: HTTPResponse.Status
    /// The header fields; in memory, those of the handler without those that a server adds.
    public let headers: HTTPFields
    /// The body.
    public let body: ByteBuffer

    /// The body as text; invalid UTF-8 is replaced by U+FFFD.
    public var text: String { String(decoding: body.readableBytesView, as: UTF8.self) }
}
