public import HTTPTypes
import NIOCore

/// An error that is answered with a status, header fields and a short text for the client.
///
/// ```swift
/// throw HTTPError(.forbidden, "members only")
/// ```
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// The status of the response.
    public var status: HTTPResponse.Status
    /// The body of the response, as plain text.
    ///
    /// The client receives this text, so it must not contain secrets or input of other clients.
    public var message: String
    /// Header fields to add to the response.
    public var headers: HTTPFields

    /// Makes an error; if `message` is nil, the reason phrase of the status is the message.
    public init(_ status: HTTPResponse.Status, _ message: String? = nil, headers: HTTPFields = [:]) {
        self.status = status
        self.message = message ?? status.reasonPhrase
        self.headers = headers
    }

    /// The status code and the message, for logs.
    public var description: String { "\(status.code) \(message)" }

    /// The response: the message as plain text, with `nosniff` so that browsers don't guess another type.
    package var response: Response {
        var response = Response(status: status, body: .bytes(ByteBuffer(string: message)))
        response.headers = headers
        response.headers[.contentType] = "text/plain; charset=utf-8"
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}
