import GustHTTP
import HTTPTypes

/// The first line of a request (RFC 9112 §3).
struct HTTPRequestLine {
    let method: HTTPRequest.Method
    let target: RequestTarget
    /// Host and port of a target in absolute form; they are the value of the field `Host` as well.
    let authority: String?
    /// Whether the version is HTTP/1.1; otherwise it is HTTP/1.0.
    let isVersion11: Bool
}
