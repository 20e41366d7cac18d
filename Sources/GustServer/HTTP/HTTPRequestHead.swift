import GustHTTP
import HTTPTypes

/// A request's head as it was read, with the framing of its body and the options of its connection.
struct HTTPRequestHead {
    /// How the body is framed (RFC 9112 §6).
    enum Body: Equatable {
        case none
        case length(Int)
        case chunked
    }

    var method: HTTPRequest.Method
    var target: RequestTarget
    /// Host and port of a target in absolute form; they are the value of the field `Host` as well.
    var authority: String?
    /// Whether the version is HTTP/1.1; otherwise it is HTTP/1.0.
    var isVersion11: Bool
    var fields: HTTPFields
    var body = Body.none
    /// Whether the connection stays open after this request (RFC 9112 §9.3).
    var keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue = false
}
