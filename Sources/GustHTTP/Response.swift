public import HTTPTypes
public import NIOCore

/// An HTTP response as a value: status, header fields and one of three kinds of body.
public struct Response: Sendable {
    /// The status, such as `.ok`.
    public var status: HTTPResponse.Status
    /// The header fields.
    ///
    /// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`.
    public var headers: HTTPFields {
        get { fields.all }
        set { fields.all = newValue }
        _modify { yield &fields.all }
    }
    /// The body; see ``ResponseBody``.
    public var body: ResponseBody {
        get {
            switch content {
            case .text(let text): .bytes(ByteBuffer(string: text))
            case .file(let file): file.body
            case .body(let body): body
            }
        }
        set { content = .body(newValue) }
    }
    /// The header fields, in the form in which the response has them.
    package var fields: ResponseFields
    /// The body, in the form in which the response has it.
    package private(set) var content: Content
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
    public init(
        status: HTTPResponse.Status = .ok,
        // An empty literal would allocate memory.
        headers: HTTPFields = HTTPFields(),
        body: ResponseBody = .bytes(ByteBuffer())
    ) {
        self.status = status
        fields = .made(headers)
        content = .body(body)
    }

    /// Makes a response with header fields that other responses have too.
    package init(status: HTTPResponse.Status = .ok, prepared: PreparedFields, _ content: Content) {
        self.status = status
        fields = .prepared(prepared)
        self.content = content
    }

    /// A body as the response has it.
    package enum Content: Sendable {
        /// Text, whose bytes are copied once: into the buffer that is sent.
        case text(String)
        /// A file, which a server of HTTP/1.1 sends without the writer of a stream.
        case file(FileContent)
        case body(ResponseBody)
    }

    /// Makes a response of text with the media type `type`, by default `text/plain; charset=utf-8`.
    public init(_ text: String, type: String? = nil, status: HTTPResponse.Status = .ok) {
        self.init(status: status, prepared: .plainText, .text(text))
        if let type { headers = [.contentType: type] }
    }

    /// Sets the route whose handler made the response, unless the response has a route already.
    mutating func setRoute(_ route: RouteDescription) {
        if matchedRoute == nil { matchedRoute = route }
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
