public import HTTPTypes
public import NIOCore

/// An HTTP answer as a value: status, header fields and one of three bodies.
public struct Response: Sendable {
    /// The status, such as `.ok`.
    public var status: HTTPResponse.Status
    /// The header fields.
    ///
    /// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`.
    public var headers: HTTPFields
    /// The body; see ``ResponseBody``.
    public var body: ResponseBody
    /// The error that this response was made of by ``init(answering:to:)``; nil for a response that a handler returned.
    ///
    /// Never sent. The server logs it unless it is an ``HTTPError`` or chose its response itself; a middleware that logs it sets nil.
    public var error: (any Error)?

    /// Makes an answer.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: ResponseBody = .bytes(ByteBuffer()))
    {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes an answer of text with a media type; nil is `text/plain; charset=utf-8`.
    public init(_ text: String, type: String? = nil, status: HTTPResponse.Status = .ok) {
        let headers: HTTPFields = if let type { [.contentType: type] } else { .plainText }
        self.init(status: status, headers: headers, body: .bytes(ByteBuffer(string: text)))
    }

    /// An answer that sends the client elsewhere: 303, so that the next request is a `GET`, unless said otherwise.
    public static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> Response {
        Response(status: status, headers: [.location: location])
    }
}

/// The three shapes of an answer.
public enum ResponseBody: Sendable {
    /// A whole body, sent with its length.
    case bytes(ByteBuffer)
    /// A body that goes on for a while, or that comes later: the closure is called once, on the connection's loop, with
    /// the writer of this answer.
    case stream(@Sendable (any ResponseWriter) -> Void)
    /// A hand-over of the connection to WebSocket.
    case upgrade(WebSocketUpgrade)
}
