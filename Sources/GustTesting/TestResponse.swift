public import HTTPTypes
public import NIOCore

/// A whole answer.
public struct TestResponse: Sendable {
    /// The status.
    public let status: HTTPResponse.Status
    /// The header fields; in memory as the handler left them, without those that a server adds.
    public let headers: HTTPFields
    /// The body.
    public let body: ByteBuffer

    /// The body as text; what isn't UTF-8 is replaced.
    public var text: String { String(decoding: body.readableBytesView, as: UTF8.self) }
}
