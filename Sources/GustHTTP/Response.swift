public import HTTPTypes
public import NIOCore

/// An HTTP response as a value: status, header fields and one of three kinds of body.
public struct Response: Sendable {
    /// The status, such as `.ok`.
    public var status: HTTPResponse.Status
    /// The header fields.
    ///
    /// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`.
    public var headers: HTTPFields
    /// The body; see ``ResponseBody``.
    public var body: ResponseBody
    /// The error of which the server made this response (``Answer/failed(_:)``); nil for a response that a handler returned.
    ///
    /// The error is never sent. The server logs it unless it is an ``HTTPError`` or ``ResponseConvertible``; a middleware that
    /// logs the error itself should set this property to nil.
    public var error: (any Error)?
    /// The route whose handler made the response; nil for 404, 405 and the like.
    ///
    /// The router sets it for the middleware around it.
    package var matchedRoute: RouteDescription?

    /// Makes a response.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: ResponseBody = .bytes(ByteBuffer()))
    {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes a response of text with the media type `type`, by default `text/plain; charset=utf-8`.
    public init(_ text: String, type: String? = nil, status: HTTPResponse.Status = .ok) {
        let headers: HTTPFields = if let type { [.contentType: type] } else { .plainText }
        self.init(status: status, headers: headers, body: .bytes(ByteBuffer(string: text)))
    }

    /// Makes a redirect to `location`, by default with status 303, after which the client's next request is a `GET`.
    public static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> Response {
        Response(status: status, headers: [.location: location])
    }
}

/// The body of a response: bytes, a stream, or an upgrade of the connection.
public enum ResponseBody: Sendable {
    /// A whole body, sent with its length.
    case bytes(ByteBuffer)
    /// A body that is written later or in several pieces.
    ///
    /// The closure is called once, on the loop of the connection, with the writer of this response.
    case stream(@Sendable (any ResponseWriter) -> Void)
    // Indirect, so that the settings of an upgrade don't make every response larger.
    /// An upgrade of the connection to WebSocket.
    indirect case upgrade(WebSocketUpgrade)
}
