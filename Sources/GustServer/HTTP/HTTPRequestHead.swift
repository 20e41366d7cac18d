import GustHTTP
import HTTPTypes

/// A request without its body, with the framing of the body and the options of its connection.
struct HTTPRequestHead {
    /// How the body is framed (RFC 9112 §6).
    enum Body: Equatable {
        case none
        case length(Int)
        case chunked
    }

    var request: Request
    /// Whether the version is HTTP/1.1; otherwise it is HTTP/1.0.
    let isVersion11: Bool
    let body: Body
    /// Whether the connection stays open after this request (RFC 9112 §9.3).
    let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
}
