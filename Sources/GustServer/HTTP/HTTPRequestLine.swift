import GustHTTP

/// The first line of a request (RFC 9112 §3).
struct HTTPRequestLine {
    /// The request with its method and target, and without its fields.
    var request: Request
    /// Host and port of a target in absolute form; they are the value of the field `Host` as well.
    let authority: String?
    /// Whether the version is HTTP/1.1; otherwise it is HTTP/1.0.
    let isVersion11: Bool
}
