public import HTTPTypes
import NIOCore

/// An error that knows its answer: a status, header fields and a short text for the peer.
///
/// ```swift
/// throw HTTPError(.forbidden, "members only")
/// ```
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// The answer's status.
    public var status: HTTPResponse.Status
    /// What the peer reads, as plain text.
    ///
    /// Never put secrets or other people's input here.
    public var message: String
    /// Fields added to the answer.
    public var headers: HTTPFields

    /// Makes an error; without a message the status' reason phrase is sent.
    public init(_ status: HTTPResponse.Status, _ message: String? = nil, headers: HTTPFields = [:]) {
        self.status = status
        self.message = message ?? status.reasonPhrase
        self.headers = headers
    }

    /// Status and message, for logs.
    public var description: String { "\(status.code) \(message)" }

    /// The answer: the message as plain text, which browsers may not take for another type (`nosniff`).
    public var response: Response {
        var response = Response(status: status, body: .bytes(ByteBuffer(string: message)))
        response.headers = headers
        response.headers[.contentType] = "text/plain; charset=utf-8"
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}
